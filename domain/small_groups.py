"""Groups of so few people that what is told of the group is told of a person: they are told of
together, never alone."""
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

LEAST = 5
Key = TypeVar("Key")


@dataclass(frozen=True)
class Merged(Generic[Key]):
    """Some groups that are told of as one: a single one that is large enough, or all the small."""

    keys: tuple[Key, ...]
    people: frozenset[UUID]


def merged(groups: Iterable[tuple[Key, frozenset[UUID]]]) -> list[Merged[Key]]:
    """Those that are large enough each for itself, then the others together. When these are too few
    even so, the smallest of the large ones goes with them: else they could be had by taking the
    others from the whole. Empty when all are too few."""
    ordered = sorted(groups, key=lambda each: -len(each[1]))
    large = [each for each in ordered if len(each[1]) >= LEAST]
    small = ordered[len(large):]
    people = frozenset().union(*(each for _key, each in small))
    while small and len(people) < LEAST and large:
        small.insert(0, large.pop())
        people |= small[0][1]
    together = [Merged(tuple(key for key, _people in small), people)]
    return [*(Merged((key,), each) for key, each in large),
            *(together if len(people) >= LEAST else [])]
