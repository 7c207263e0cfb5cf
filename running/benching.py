"""`manage.py bench`: runs benchmarks, and prints what they found."""
import sys

import benchmarks
from benchmarks import table


def bench(names: list[str], database: str, *, as_json: bool) -> int:
    """Returns the exit status: 1 when a bar was not held."""
    unknown = set(names) - set(benchmarks.names())
    if unknown:
        sys.exit(f"No such benchmark: {', '.join(sorted(unknown))}. "
                 f"There are: {', '.join(benchmarks.names())}")
    rows = [row for name in names or benchmarks.names()
            for row in benchmarks.measure(name, database)]
    print(table.as_json(rows) if as_json else table.as_table(rows))
    return int(any(row.held is False for row in rows))
