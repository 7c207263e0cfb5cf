"""Which policy those who are connected have: chosen for one, or for many."""
import pytest
from sqlalchemy import select

from domain import audit
from domain.access import Scope
from domain.business_travel import Connection

TRAVEL = "/foretag/tjansteresor/"
BULK = "/foretag/resenarer/urval/"


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def traveller(make, company):
    return make.traveller(company)


@pytest.fixture(autouse=True)
def admin(make, company, browser):
    admin = make.admin(company)
    browser.log_in(admin)
    return admin


@pytest.fixture
def group(make, company):
    return make.policy_group(company, "Montörer")


@pytest.fixture
def chosen(db):
    def chosen(traveller):
        db.rollback()
        return db.scalar(select(Connection.policy_group_id)
                         .where(Connection.traveller_id == traveller.id))
    return chosen


def told(db, company):
    return [(event.act.value, event.details.get("policy"))
            for event in audit.latest(db, within=Scope(company.id)).rows if "policy" in event.act]


def test_nothing_is_asked_where_there_are_no_groups(browser, make, traveller):
    assert "Policy" not in browser.get(f"{TRAVEL}ny/{traveller.id}").said.split("Kreditgräns")[1]
    assert browser.post(f"{TRAVEL}ny/{traveller.id}", {"limit": "500"}).status == 303


def test_a_policy_is_chosen_when_connecting(browser, traveller, group, chosen, db, company):
    assert "Ingen, allt är tillåtetMontörer" in browser.get(f"{TRAVEL}ny/{traveller.id}").said
    answer = browser.post(f"{TRAVEL}ny/{traveller.id}", {"limit": "500", "policy": str(group.id)})
    assert (answer.status, chosen(traveller)) == (303, group.id)
    assert ("travel_policy_chosen", "Montörer") in told(db, company)


def test_the_default_is_named_and_holds_where_none_is_chosen(browser, make, traveller, company,
                                                             chosen):
    make.policy_group(company, default=True)
    assert "Förval (Kontoret)" in browser.get(f"{TRAVEL}ny/{traveller.id}").said
    browser.post(f"{TRAVEL}ny/{traveller.id}", {"limit": "500"})
    assert chosen(traveller) is None


def test_a_policy_is_changed_and_taken_away(browser, make, traveller, group, chosen, db, company):
    url = f"{TRAVEL}{make.connection(traveller).id}/grans"
    browser.post(url, {"limit": "500", "policy": str(group.id)})
    assert chosen(traveller) == group.id
    [selected] = [each["value"] for each in browser.get(url).all("option") if "selected" in each]
    assert selected == str(group.id)
    browser.post(url, {"limit": "500", "policy": ""})
    assert chosen(traveller) is None
    assert told(db, company)[0] == ("travel_policy_chosen", "")
    assert "en policy: företagets förval" in browser.get("/foretag/handelser/").said


def test_another_companys_policy_cannot_be_chosen(browser, make, traveller):
    theirs = make.policy_group(make.company("Andra AB"))
    page = browser.post(f"{TRAVEL}ny/{traveller.id}", {"limit": "500", "policy": str(theirs.id)})
    assert page.status == 422


def test_a_department_administrator_chooses_among_them(browser, make, traveller, group, chosen):
    browser.log_in(make.department_admin(traveller.department))
    browser.post(f"{TRAVEL}ny/{traveller.id}", {"limit": "500", "policy": str(group.id)})
    assert chosen(traveller) == group.id


def carried_out(browser, path, **typed):
    """Look at what would happen, and do it."""
    page = browser.post(BULK + path, typed)
    [agreed] = [each["value"] for each in page.all("input") if each.get("name") == "agreed"]
    return page, browser.post(BULK + path, typed | {"agreed": agreed})


def test_many_get_a_policy_at_once(browser, make, traveller, company, group, chosen, db):
    has, other = make.traveller(company), make.traveller(company)
    make.connection(traveller)
    make.chosen_policy(make.connection(has), group)
    page, answer = carried_out(browser, "policy?valda=alla", policy=str(group.id))
    assert "1 resenär får den policyn" in page.said
    for left_out in ("är inte anslutna", "har den policyn redan"):
        assert left_out in page.said
    assert (answer.status, chosen(traveller), chosen(other)) == (303, group.id, None)
    assert told(db, company)[0] == ("travel_policy_chosen", "Montörer")
    carried_out(browser, f"policy?vald={traveller.id}", policy="")
    assert chosen(traveller) is None


def test_many_are_connected_with_a_policy(browser, traveller, group, chosen):
    _page, answer = carried_out(browser, f"anslut?vald={traveller.id}", limit="500",
                                policy=str(group.id))
    assert (answer.status, chosen(traveller)) == (303, group.id)


def test_the_travellers_page_names_the_policy(browser, make, traveller, group):
    make.chosen_policy(make.connection(traveller), group)
    assert "Policy: Montörer" in browser.get(f"/foretag/resenarer/{traveller.id}").said
