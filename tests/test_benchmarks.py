"""That the benchmarks measure what they say. How fast it is, is for `manage.py bench` to tell."""
import json
import re

import pytest

import benchmarks
from benchmarks import _people, export, table
from benchmarks.databases import portal
from benchmarks.people import Floor, Visitor

KEYS = ["name", "value", "unit", "floor", "ratio", "bar", "held"]


def test_a_row_tells_its_ratio_and_whether_the_bar_is_held():
    rows = [table.against("a", 3, "ms", floor=2, bar=1.5), table.against("b", 4, "ms", floor=2,
                                                                        bar=1.5),
            table.at_least("c", 5, "rows/s", 6), table.at_most("d", 5, "MB", 6)]
    assert [(row.ratio, row.held) for row in rows] == [
        (1.5, True), (2, False), (None, False), (None, True)]
    assert [list(row) for row in json.loads(table.as_json(rows))] == [KEYS] * 4
    assert table.as_table(rows).splitlines()[0].split() == KEYS


def test_each_benchmark_is_found_by_its_name():
    assert "people" in benchmarks.names()


@pytest.fixture
def few(monkeypatch):
    monkeypatch.setattr(_people, "COMPANIES", 1)
    monkeypatch.setattr(_people, "TRAVELLERS", 100)


def shown(page):
    """The rows, cell by cell, without what only looks."""
    rows = re.findall(r"<tr>(.*?)</tr>", page.partition("<tbody>")[2], re.DOTALL)
    return [[" ".join(re.sub(r"<[^>]*>", " ", cell).split())
             for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)] for row in rows]


def test_the_floor_of_the_list_shows_the_same_page_as_the_portal(few):
    with portal("sqlite") as app:
        company_id = _people.fill(app.extensions["store"])
        visitor = Visitor(app, _people.LARGE)
        floor = Floor(app, visitor, company_id)
        room = floor.a_department()
        for path, bare in (("", floor.page()), ("?q=ander", floor.page(words="ander")),
                           (visitor.onward(1), floor.page(place=floor.place(40))),
                           (f"?avdelning={room}", floor.page(room=room))):
            page, least = visitor.sees(path)(), bare()
            assert shown(least) == shown(page) != []
            assert least.count("<option") == page.count("<option")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_floor_of_the_export_writes_the_same_file_as_the_portal(kind):
    with portal("sqlite") as app:
        store = app.extensions["store"]
        made = _people.sized(store, {_people.LARGE: 1, _people.SMALL: 60})
        export.check(kind, export.taking(app, Visitor(app, _people.SMALL), kind),
                     export.writing(kind, store.engine, made[_people.SMALL]))
        with pytest.raises(RuntimeError, match="different cells"):
            export.check(kind, export.taking(app, Visitor(app, _people.SMALL), kind),
                         export.writing(kind, store.engine, made[_people.LARGE]))
