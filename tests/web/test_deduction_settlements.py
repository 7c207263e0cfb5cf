"""What becomes of a deduction: shown first, then done."""
from datetime import date

import pytest

from domain import deduction_settlements, deductions

DAY = "2026-12-10"


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def admin(make, company, browser):
    admin = make.admin(company)
    browser.log_in(admin)
    return admin


@pytest.fixture
def anna(make, company):
    return make.granted_offer(make.traveller(company, "Anna", "Ek", employee_number="17"))


def page_of(application):
    return f"/foretag/loneavdrag/ansokan/{application.id}"


def rows(db, application):
    db.rollback()
    db.expire_all()
    return deductions.of_applications(db, [application.id]).get(application.id, [])


def test_one_offer_is_told_month_by_month(browser, admin, anna):
    page = browser.get(page_of(anna))
    assert ("december 2026 Inte lämnad" in page.said, "Återkalla biljetten" in page.said) == (
        True, True)


def test_the_rest_is_shown_before_it_is_done(browser, db, admin, anna):
    typed = {"cause": "on_leave", "day": DAY, "how": "at_once"}
    shown = browser.post(f"{page_of(anna)}/reglering", typed | {"act": "show"})
    assert (shown.status, len(rows(db, anna))) == (200, 12)
    assert "På lönen för december 2026 dras" in shown.said
    agreed = next(field["value"] for field in shown.all("input") if field["name"] == "agreed")
    answer = browser.post(f"{page_of(anna)}/reglering", typed | {"agreed": agreed})
    assert (answer.status, [row.amount_ore for row in rows(db, anna)]) == (303, [anna.price_ore])
    assert "Ledig. Resten på en gång" in browser.get(answer.location).said


def test_what_was_not_shown_is_not_done(browser, db, admin, anna):
    typed = {"cause": "on_leave", "day": DAY, "how": "at_once", "agreed": "something else"}
    assert browser.post(f"{page_of(anna)}/reglering", typed).status == 422
    assert len(rows(db, anna)) == 12


@pytest.mark.parametrize(("typed", "field"), [
    ({"cause": "on_leave", "how": "later"}, "back_on"),
    ({"cause": "returned", "how": "at_once"}, "credited"),
    ({"cause": "returned", "how": "at_once", "credited": "99 000"}, "credited")])
def test_what_is_missing_is_said_beside_its_field(browser, admin, anna, typed, field):
    page = browser.post(f"{page_of(anna)}/reglering", {"day": DAY, "act": "show"} | typed)
    assert page.status == 422
    assert f"{field}-error" in [attrs.get("id") for attrs in page.all("p")]


def test_a_ticket_nobody_has_used_is_taken_back_with_its_deduction(browser, db, admin, anna):
    answer = browser.post(f"{page_of(anna)}/aterkallelse")
    assert (answer.status, rows(db, anna)) == (303, [])
    db.refresh(anna.ticket)
    assert anna.ticket.recalled_at is not None
    assert browser.post(f"{page_of(anna)}/aterkallelse").status == 409


def test_nobody_settles_their_own(browser, db, make, company):
    own = make.granted_offer(make.traveller(company, number="198112189876"))
    browser.log_in(make.admin(company, number="198112189876"))
    assert "Reglera avdraget" not in browser.get(page_of(own)).said
    typed = {"cause": "on_leave", "day": DAY, "how": "elsewhere"}
    shown = browser.post(f"{page_of(own)}/reglering", typed | {"act": "show"})
    agreed = next(field["value"] for field in shown.all("input") if field["name"] == "agreed")
    assert browser.post(f"{page_of(own)}/reglering", typed | {"agreed": agreed}).status == 403
    assert len(rows(db, own)) == 12


def test_a_leaver_is_asked_what_becomes_of_the_rest(browser, db, admin, anna):
    at = f"/foretag/resenarer/{anna.traveller_id}/avslut"
    assert "Det som är kvar av löneavdraget" in browser.get(at).said
    browser.post(at, {"when": "later", "last_day": "2026-12-31", "rest": "none"})
    assert rows(db, anna) == []
    [settlement] = deduction_settlements.of_application(db, anna)
    assert (settlement.day, settlement.how) == (date(2026, 12, 31), "elsewhere")
