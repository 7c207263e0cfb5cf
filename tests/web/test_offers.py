import pytest
from sqlalchemy import select

from domain import offer_decisions, people
from domain.access import Role
from domain.messages import Email, Sms
from domain.offers import State
from tests import files
from tests.conftest import NOON
from tests.queries import queries

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


def question(application):
    return f"{INDEX}{application.id}/fraga"


def state(db, application):
    db.rollback()  # what it has read so far is old
    db.refresh(application)
    return application.state


def test_nothing_waiting_says_so_and_what_happens_next(browser, admin):
    page = browser.get(INDEX)
    assert (page.status, "Ingen ansökan väntar" in page.said) == (200, True)


def test_what_waits_is_shown_with_what_it_costs_and_by_when_it_is_decided(browser, admin, make,
                                                                          application, company):
    make.offer_application(make.traveller(company, "Noor", "Al-Sayed"))
    page = browser.get(INDEX)
    for words in ("2 ansökningar, 13 800 kr. Lönerna betalar 1 150 kr i månaden.",
                  "Rut Resenär Huvudavdelning",
                  "365-dagarsbiljett Zon 181 Jönköping, från tis 1 dec",
                  "575 kr av 6 900 kr", "senast mån 30 nov"):
        assert words in page.said


def test_the_page_of_one_says_all_that_is_asked_for(browser, admin, application):
    page = browser.get(f"{INDEX}{application.id}")
    for words in ("365-dagarsbiljett, Zon 181 Jönköping", "Ansökt", "Beslut",
                  "6 900 kr: 575 kr i månaden i 12 månader", "nettolöneavdrag", "i portalen"):
        assert words in page.said


@pytest.mark.parametrize(("decided", "said"), [
    ({"months": 1}, "6 900 kr, en gång"),
    ({"share_basis_points": 10_000}, "betalaringenting")])
def test_the_page_says_what_is_paid_once_or_not_at_all(browser, admin, make, company, decided,
                                                       said):
    application = make.offer_application(make.traveller(company),
                                         offer=make.staff_offer(company, **decided))
    assert said in browser.get(f"{INDEX}{application.id}").said


def test_the_first_yes_of_two_is_not_called_granting(browser, admin, make, company):
    offer = make.staff_offer(company, second_eyes_above_ore=1)
    make.offer_application(make.traveller(company), offer=offer)
    page = browser.get(INDEX)
    assert ("Säg ja Rut" in page.said, "Bevilja Rut" in page.said) == (True, False)
    assert "Inget skickas förrän" in browser.get(f"{INDEX}beviljande?valda=alla").said


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
    page = browser.get(f"{INDEX}{application.id}")
    assert "Beviljad klart fre 20 nov 12:00" in page.said
    assert f"/foretag/loneavdrag/ansokan/{application.id}" in page.links()


def test_granting_from_a_filtered_list_leads_back_to_it(browser, admin, application):
    assert browser.post(f"{approval(application)}?sista=week").location == f"{INDEX}?sista=week"


def test_granting_twice_is_a_conflict(browser, admin, application, world):
    browser.post(approval(application))
    rung = len(world.queue.rung)
    again = browser.post(approval(application))
    assert (again.status, "Ansökan är redan avgjord." in again.said) == (409, True)
    assert len(world.queue.rung) == rung


def test_refusing_takes_a_reason_and_tells_the_traveller(browser, admin, application, db):
    answer = browser.post(refusal(application), {"avslag-reason": "Du är provanställd"})
    assert (answer.status, answer.location) == (303, INDEX)
    assert state(db, application) == State.DECLINED
    assert "Ansökan är avslagen, och Rut Resenär får veta varför." in browser.get(INDEX).said
    assert "Du är provanställd" in browser.get(f"{INDEX}{application.id}").said
    mail = db.scalar(select(Email).where(Email.template == "offer_declined"))
    assert mail.values["reason"] == "Du är provanställd"


@pytest.mark.parametrize(("typed", "said"), [("", "Fyll i det här."), ("å" * 501, "för långt")])
def test_a_reason_that_will_not_do_is_told_beside_it_where_it_stands(browser, admin, application,
                                                                     db, typed, said):
    page = browser.post(refusal(application), {"avslag-reason": typed})
    assert (page.status, page.whole, said in page.said) == (422, True, True)
    assert (typed in page.response.text, "open" in page.all("details")[-1]) == (True, True)
    assert state(db, application) == State.WAITING


def test_a_question_waits_for_its_answer(browser, admin, application, db):
    answer = browser.post(question(application), {"fraga-question": "Räcker en zon?"})
    assert (answer.status, state(db, application)) == (303, State.ASKED)
    assert "Rut Resenär" not in browser.get(INDEX).said.partition("Frågan är skickad")[2][80:]
    page = browser.get(f"{INDEX}?visa=asked").said
    assert "Väntar på svar" in page
    assert "Räcker en zon?" in browser.get(f"{INDEX}{application.id}").said


def test_nobody_is_offered_to_decide_their_own(browser, make, store, db, company):
    traveller = make.traveller(company)
    person, application = make.as_person(traveller), make.offer_application(traveller)
    with store.transaction(db):
        people.appoint(db, person, Role.COMPANY_ADMIN, company_id=company.id, now=NOON)
    browser.log_in(person)
    assert "din egen, en annan avgör" in browser.get(INDEX).said
    page = browser.get(f"{INDEX}{application.id}")
    assert "Du kan inte avgöra din egen ansökan." in page.said
    assert [form for form in page.all("form") if str(application.id) in form["action"]] == []
    for url in (approval(application), refusal(application), question(application)):
        answer = browser.post(url, {"avslag-reason": "Nej", "fraga-question": "Vad?"})
        assert answer.status == 403
    assert state(db, application) == State.WAITING


def test_another_companys_application_is_not_found(browser, make, application, db):
    browser.log_in(make.admin(make.company("Annat AB")))
    for url in (approval(application), refusal(application), question(application)):
        assert browser.post(url, {"avslag-reason": "Nej", "fraga-question": "Vad?"}).status == 404
    assert browser.get(f"{INDEX}{application.id}").status == 404
    assert "Rut Resenär" not in browser.get(INDEX).said
    assert state(db, application) == State.WAITING


def test_a_price_that_has_changed_since_is_told_and_nothing_is_sent(browser, admin, application,
                                                                    store, db):
    with store.transaction(db):
        application.price_ore -= 100
    answer = browser.post(approval(application))
    assert (answer.status, "Priset har ändrats sedan ansökan." in answer.said) == (409, True)
    assert "kan inte beviljas nu" in browser.get(INDEX).said
    assert db.scalars(select(Sms)).all() == []


def test_three_rows_take_as_many_queries_as_one(browser, admin, make, company, store):
    def count(how_many):
        for _ in range(how_many):
            make.offer_application(make.traveller(company))
            browser.post(approval(make.offer_application(make.traveller(company))))
        asked = []
        for page in (INDEX, f"{INDEX}?visa=approved", f"{INDEX}?visa=all"):
            with queries(store) as made:
                browser.get(page)
            asked.append(len(made))
        return asked

    assert count(1) == count(2)


@pytest.mark.parametrize(("asked", "found"), [
    ("", {"Noor", "Rut"}), ("?q=noo", {"Noor"}), ("?sista=past", set()),
    ("?visa=approved", {"Åke"}), ("?visa=all", {"Noor", "Rut", "Åke"}),
    ("?visa=trams&avdelning=x", {"Noor", "Rut"})])
def test_the_list_is_searched_and_filtered(browser, admin, make, company, application, store, db,
                                           asked, found):
    make.offer_application(make.traveller(company, "Noor", "Al-Sayed"))
    granted = make.offer_application(make.traveller(company, "Åke", "Ek"))
    with store.transaction(db):
        offer_decisions.approve(db, granted, by=make.actor(admin), now=NOON)
    page = browser.get(INDEX + asked)
    assert {name for name in ("Noor", "Rut", "Åke") if f"{name} " in page.said} == found


def test_the_file_tells_what_waits_and_what_the_salary_pays(browser, admin, make, company,
                                                            application):
    browser.post(approval(application))
    make.offer_application(make.traveller(company, "Noor", "Al-Sayed"))
    [waiting] = files.rows(browser, INDEX)
    assert waiting == {
        "Resenär": "Noor Al-Sayed", "Avdelning": "Huvudavdelning", "Referensnummer": "1000",
        "Erbjudande": "Årsbiljett", "Biljett": "365-dagarsbiljett",
        "Gäller i": "Zon 181 Jönköping", "Från": "2026-12-01", "Pris": "6900,00",
        "Arbetsgivaren betalar": "0,00", "Läge": "Väntar på beslut", "Ansökte": "2026-11-20",
        "Avgörs senast": "2026-11-30", "Avgjord": "", "Avgjord av": "", "Skäl till avslaget": "",
        "Avdrag i månaden": "575,00", "Månader": "12", "Första avdraget": "",
        "Löneavdrag": "nettolöneavdrag"}
    [granted] = files.rows(browser, f"{INDEX}?visa=approved")
    paid = ("Läge", "Avgjord", "Avgjord av", "Avdrag i månaden", "Månader", "Första avdraget")
    assert [granted[head] for head in paid] == [
        "Beviljad", "2026-11-20 12:00", "Åsa Öberg", "575,00", "12", "2026-12"]
