"""The municipalities of Sweden, by code and name."""
import csv
from functools import cache
from pathlib import Path

from domain.errors import Invalid

FILE = Path(__file__).parent.parent / "data" / "municipalities.csv"
LAST_LETTERS = str.maketrans("åäö", "{|}")


@cache
def names() -> dict[str, str]:
    """By code, in the order of the Swedish alphabet."""
    with FILE.open(encoding="utf-8") as file:
        found = {row["code"]: row["name"] for row in csv.DictReader(file, delimiter=";")}
    return dict(sorted(found.items(),
                       key=lambda pair: pair[1].casefold().translate(LAST_LETTERS)))


def name(code: str) -> str:
    return names().get(code, code)


def check(code: str) -> None:
    if code not in names():
        raise Invalid("Välj en kommun i listan.", "municipality")
