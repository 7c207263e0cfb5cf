from domain import retention_reports
from tests.conftest import NOON
from tests.factories import MORNING


def test_clerks_read_what_each_night_forgot(browser, make, db):
    browser.log_in(make.clerk())
    assert "Ingen natt har gått än" in browser.get("/intern/gallring/").said
    with make.store.transaction(db):
        retention_reports.write(db, {"trips": 0}, now=MORNING)
        retention_reports.write(db, {"trips": 12, "documents": 1}, now=NOON)
    said = browser.get("/intern/gallring/").said
    assert "Resor: 12, Dokument: 1" in said
    assert "Inget var för gammalt" in said
    assert browser.get("/intern/gallring/?efter=x").status == 404
    assert browser.get("/intern/gallring/?efter=0001-01-01T00:00:00%2B14:00").status == 404
