import pytest
from sqlalchemy import event, select

from domain import people
from domain.access import Role
from domain.messages import Email, Sms
from domain.offers import State
from tests import files
from tests.browser import FRAGMENT
from tests.conftest import NOON

INDEX = "/foretag/personalerbjudande/"


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def admin(make, company, browser):
    admin = make.admin(company)
    browser.log_in(admin)
    return admin


@pytest.fixture
def application(make, company):
    return make.offer_application(make.traveller(company))


def approval(application):
    return f"{INDEX}{application.id}/godkannande"


def refusal(application):
    return f"{INDEX}{application.id}/avslag"


def reason(application, text="Du är provanställd"):
    return {f"{application.id}-reason": text}


def state(db, application):
    db.rollback()  # what it has read so far is old
    db.refresh(application)
    return application.state


def test_nothing_waiting_says_so_and_what_happens_next(browser, admin):
    page = browser.get(INDEX)
    assert (page.status, "Ingen ansökan väntar" in page.said) == (200, True)


def test_what_waits_is_shown_with_what_it_costs_and_how_the_salary_pays(browser, admin, application,
                                                                        make, company):
    make.offer_application(make.traveller(company, "Noor", "Al-Sayed"))
    page = browser.get(INDEX)
    assert "2 väntar · 13 800 kr" in page.said
    for words in ("Rut Resenär Huvudavdelning", "365-dagarsbiljett · Zon 181 Jönköping",
                  "från tis 1 dec", "6 900 kr · 575 kr i månaden i 12 månader"):
        assert words in page.said


def test_granting_answers_htmx_with_the_row_and_what_still_waits(browser, admin, application, make,
                                                                 company, db):
    make.offer_application(make.traveller(company, "Noor", "Al-Sayed"))
    row = browser.post(approval(application), headers=FRAGMENT)
    assert (row.status, row.whole) == (200, False)
    assert row.tags[0] == ("li", {"class": "task", "id": f"application-{application.id}"})
    assert "Beviljad fre 20 nov 12:00 · Åsa Öberg" in row.said
    assert "nettolöneavdrag 575 kr i månaden, december 2026 – november 2027" in row.said
    assert "1 väntar · 6 900 kr" in row.said
    assert [(attrs["id"], row.said.endswith("1 väntar")) for _, attrs in row.tags
            if "hx-swap-oob" in attrs] == [("offers-sum", True), ("waiting", True)]
    assert state(db, application) == State.APPROVED


def test_granting_sends_the_ticket_and_both_letters_and_rings(browser, admin, application, db,
                                                              world):
    rung = len(world.queue.rung)
    answer = browser.post(approval(application))
    assert (answer.status, answer.location) == (303, INDEX)
    assert "Rut Resenär får sin biljett i ett sms." in browser.get(INDEX).said
    assert [sms.to for sms in db.scalars(select(Sms))] == ["+46701740605"]
    letters = sorted(mail.template for mail in db.scalars(select(Email)))
    assert letters == ["offer_approved", "offer_approved_admin", "offer_arrived"]
    assert len(world.queue.rung) - rung == 3


def test_granting_twice_is_a_conflict_that_leaves_the_row(browser, admin, application, world):
    browser.post(approval(application), headers=FRAGMENT)
    rung = len(world.queue.rung)
    again = browser.post(approval(application), headers=FRAGMENT)
    assert (again.status, "Ansökan är redan avgjord." in again.said) == (409, True)
    assert again.response.headers["HX-Retarget"] == "#message"
    assert len(world.queue.rung) == rung


def test_refusing_takes_a_reason_and_tells_the_traveller(browser, admin, application, db):
    answer = browser.post(refusal(application), reason(application))
    assert (answer.status, answer.location) == (303, INDEX)
    assert state(db, application) == State.DECLINED
    page = browser.get(INDEX).said
    assert "Ansökan är avslagen, och Rut Resenär får veta varför." in page
    assert "Avslagen fre 20 nov 12:00 · Åsa Öberg Du är provanställd" in page
    mail = db.scalar(select(Email).where(Email.template == "offer_declined"))
    assert mail.values["reason"] == "Du är provanställd"


def test_refusing_answers_htmx_with_the_row(browser, admin, application):
    row = browser.post(refusal(application), reason(application), headers=FRAGMENT)
    assert (row.status, row.whole, "Avslagen" in row.said) == (200, False, True)


@pytest.mark.parametrize(("typed", "said"), [("", "Fyll i det här."), ("  ", "Fyll i det här."),
                                             ("å" * 501, "Det är för långt.")])
def test_a_reason_that_will_not_do_is_told_beside_it_where_it_stands(browser, admin, application,
                                                                     db, typed, said):
    row = browser.post(refusal(application), reason(application, typed), headers=FRAGMENT)
    assert (row.status, row.whole, said in row.said) == (422, False, True)
    assert "open" in row.all("details")[0]
    page = browser.post(refusal(application), reason(application, typed))
    assert (page.status, page.whole, said in page.said) == (422, True, True)
    assert (typed.strip() in page.response.text, "open" in page.all("details")[1]) == (True, True)
    assert state(db, application) == State.WAITING


def test_nobody_is_offered_to_decide_their_own(browser, make, store, db, company):
    traveller = make.traveller(company)
    person, application = make.as_person(traveller), make.offer_application(traveller)
    with store.transaction(db):
        people.appoint(db, person, Role.COMPANY_ADMIN, company_id=company.id, now=NOON)
    browser.log_in(person)
    page = browser.get(INDEX)
    assert "Det är din egen ansökan." in page.said
    assert [form for form in page.all("form") if str(application.id) in form["action"]] == []
    assert browser.post(approval(application)).status == 403
    assert browser.post(refusal(application), reason(application)).status == 403
    assert state(db, application) == State.WAITING


def test_another_companys_application_is_not_found(browser, make, application, db):
    browser.log_in(make.admin(make.company("Annat AB")))
    assert browser.post(approval(application)).status == 404
    assert browser.post(refusal(application), reason(application)).status == 404
    assert "Rut Resenär" not in browser.get(INDEX).said
    assert state(db, application) == State.WAITING


def test_a_price_that_has_changed_since_is_told_and_nothing_is_sent(browser, admin, application,
                                                                    store, db):
    with store.transaction(db):
        application.price_ore -= 100
    answer = browser.post(approval(application), headers=FRAGMENT)
    assert (answer.status, "Priset har ändrats sedan ansökan." in answer.said) == (409, True)
    assert db.scalars(select(Sms)).all() == []


def test_three_rows_take_as_many_queries_as_one(browser, admin, make, company, store):
    queries = []
    event.listen(store.engine, "before_cursor_execute", lambda *args: queries.append(args[2]))

    def count():
        queries.clear()
        browser.get(INDEX)
        return len(queries)

    def more(how_many):
        for _ in range(how_many):
            make.offer_application(make.traveller(company))
            decided = make.offer_application(make.traveller(company))
            browser.post(approval(decided))

    more(1)
    one = count()
    more(2)
    assert count() == one


def test_the_file_tells_what_waits_and_what_the_salary_pays(browser, admin, make, company,
                                                            application):
    browser.post(approval(application))
    make.offer_application(make.traveller(company, "Noor", "Al-Sayed"))
    waiting, granted = files.rows(browser, INDEX)
    assert waiting == {
        "Resenär": "Noor Al-Sayed", "Avdelning": "Huvudavdelning", "Referensnummer": "1000",
        "Biljett": "365-dagarsbiljett", "Gäller i": "Zon 181 Jönköping", "Från": "2026-12-01",
        "Pris": "6900,00", "Läge": "Väntar på beslut", "Ansökte": "2026-11-20", "Avgjord": "",
        "Avgjord av": "", "Skäl till avslaget": "", "Avdrag i månaden": "575,00", "Månader": "12",
        "Första avdraget": "", "Löneavdrag": ""}
    paid = ("Läge", "Avgjord", "Avgjord av", "Avdrag i månaden", "Månader", "Första avdraget",
            "Löneavdrag")
    assert [granted[head] for head in paid] == [
        "Beviljad", "2026-11-20 12:00", "Åsa Öberg", "575,00", "12", "2026-12", "nettolöneavdrag"]


def test_the_file_tells_why_an_application_was_declined(browser, admin, application):
    browser.post(refusal(application), reason(application))
    [row] = files.rows(browser, INDEX)
    assert (row["Läge"], row["Skäl till avslaget"], row["Månader"]) == (
        "Avslagen", "Du är provanställd", "")
