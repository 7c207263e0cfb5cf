from pathlib import Path

import pytest
from sqlalchemy import select

from domain.access import Role
from domain.people import Post
from domain.price_lists import PriceList
from running import filling

BIRGITTA = ("196601272385", "Birgitta", "Sjögren", "birgitta@example.se")


@pytest.fixture(autouse=True)
def environment(monkeypatch, settings):
    for name, value in settings.items():
        monkeypatch.setenv(name, value)


def test_the_first_clerk_is_appointed_once(db):
    filling.clerk(*BIRGITTA)
    assert db.scalars(select(Post.role)).all() == [Role.CLERK]
    with pytest.raises(SystemExit, match="Personen är redan handläggare"):
        filling.clerk(*BIRGITTA)


def test_an_inspector_is_appointed_once_and_may_be_a_clerk_too(db):
    filling.inspector(*BIRGITTA)
    filling.clerk(*BIRGITTA)
    assert set(db.scalars(select(Post.role))) == {Role.INSPECTOR, Role.CLERK}
    with pytest.raises(SystemExit, match="Personen är redan biljettkontrollant"):
        filling.inspector(*BIRGITTA)


def test_a_clerk_with_a_wrong_personnummer_is_refused(db):
    with pytest.raises(SystemExit, match="Personnumret stämmer inte"):
        filling.clerk("196601272381", *BIRGITTA[1:])
    assert db.scalars(select(Post)).all() == []


def test_a_price_list_is_taken_in_once(db):
    filling.prices("Prislista", Path("data/prices.csv"))
    assert {each.name for each in db.scalars(select(PriceList))} == {"Prislista"}
    with pytest.raises(SystemExit, match="Det finns redan en prislista från"):
        filling.prices("Prislista", Path("data/prices.csv"))


def test_a_price_list_that_cannot_be_read_says_so():
    with pytest.raises(SystemExit, match=r"zones.csv cannot be read: KeyError\('valid_from'\)"):
        filling.prices("Zoner", Path("data/zones.csv"))
