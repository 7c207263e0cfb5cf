from uuid import uuid4

from domain.small_groups import LEAST, Merged, merged


def people(number):
    return frozenset(uuid4() for _ in range(number))


def told(**sizes):
    """By name, of groups of so many each."""
    return [each.keys for each in merged((name, people(size)) for name, size in sizes.items())]


def test_groups_of_five_stand_alone_and_smaller_ones_together():
    assert told(a=9, b=5, c=3, d=2) == [("a",), ("b",), ("c", "d")]


def test_what_is_left_is_never_found_by_taking_the_others_from_the_whole():
    assert told(a=9, b=6, c=1) == [("a",), ("b", "c")]


def test_nothing_is_told_of_fewer_than_five():
    assert told(a=2, b=2) == []
    assert told() == []
    assert told(a=LEAST) == [("a",)]


def test_somebody_in_two_small_groups_is_one_of_those_they_are_told_with():
    same = people(3)
    assert merged([("a", same), ("b", same)]) == []
    assert merged([("a", same | people(2)), ("b", same)])[0].keys == ("a", "b")
    assert isinstance(merged([("a", people(5))])[0], Merged)
