"""Taking time: what is compared is run by turns, so that a busy moment strikes both alike."""
import gc
from collections.abc import Callable
from statistics import median
from time import perf_counter


def by_turns(*doings: Callable[[], object], times: int = 60, warm: int = 5,
             clock: Callable[[], float] = perf_counter) -> list[float]:
    """The median time of each, in milliseconds. With `process_time` as the clock it is what they
    work, whatever else the machine is doing."""
    for doing in doings:
        for _ in range(warm):
            doing()
    gc.collect()
    taken: list[list[float]] = [[] for _ in doings]
    for _ in range(times):
        for doing, times_taken in zip(doings, taken, strict=True):
            begun = clock()
            doing()
            times_taken.append((clock() - begun) * 1_000)
    return [median(each) for each in taken]
