"""The promises that the portal makes about its speed, each against a floor of its own that is
measured in the same run. A module here has `measure(database) -> list[Row]`."""
from importlib import import_module
from pathlib import Path

from benchmarks.table import Row

SHARED = {"__init__", "clock", "databases", "table"}


def names() -> list[str]:
    return sorted(path.stem for path in Path(__file__).parent.glob("*.py")
                  if path.stem not in SHARED and not path.stem.startswith("_"))


def measure(name: str, database: str) -> list[Row]:
    """`database` is "sqlite", "postgresql", or the address of an empty one."""
    return import_module(f"benchmarks.{name}").measure(database)
