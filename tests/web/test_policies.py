import gzip
from datetime import time
from uuid import uuid4

import pytest

from domain import policies
from domain.policy_rules import Weekday
from domain.products import COMPANY_PRODUCTS, Area, Extent, Product
from tests.queries import queries

INDEX = "/foretag/tjansteresor/policy/"
ALL = {"products": list(COMPANY_PRODUCTS), "extents": list(Extent), "areas": list(Area),
       "zones": [str(number) for number in range(181, 189)], "weekdays": list(Weekday)}
TYPED = ALL | {"name": "Kontoret"}


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture(autouse=True)
def admin(make, company, browser):
    admin = make.admin(company)
    browser.log_in(admin)
    return admin


@pytest.fixture
def groups(db, company):
    def groups():
        db.rollback()
        db.expire_all()
        return policies.of_company(db, company.id)
    return groups


def page_of(group):
    return f"{INDEX}{group.id}"


def test_without_a_policy_all_is_said_to_be_allowed(browser):
    page = browser.get(INDEX)
    assert ("Allt är tillåtet" in page.said, f"{INDEX}ny" in page.links()) == (True, True)


def test_a_policy_that_restricts_nothing_is_added(browser, groups):
    answer = browser.post(f"{INDEX}ny", TYPED)
    assert answer.status == 303
    assert "Policyn Kontoret är tillagd." in browser.get(answer.location).said
    [group] = groups()
    assert {getattr(group, name) for name in ("products", "extents", "zones", "areas", "weekdays",
                                              "begins", "ends", "top_price_ore")} == {None}
    assert (group.purpose, group.purpose_choices, group.text) == ("", [], "")
    assert "Kontoret Allt är tillåtet 0" in browser.get(INDEX).said


def test_all_that_is_restricted_is_saved_and_told(browser, groups):
    answer = browser.post(f"{INDEX}ny", {
        "name": "Kontoret", "products": ["day", "single"], "extents": ["zones_1", "border"],
        "zones": ["183", "181"], "areas": ["kalmar"], "weekdays": list(Weekday)[:5],
        "begins": "6", "ends": "19.30", "top_price": "200", "purpose": "Projekt",
        "purpose_choices": " Norra  bron \r\n\r\nSöder\r\nSöder", "text": "Åk kollektivt."})
    said = browser.get(answer.location).said
    [group] = groups()
    assert (group.products, group.extents, group.zones, group.areas) == (
        [Product.SINGLE, Product.DAY], [Extent.ZONES_1, Extent.BORDER], [181, 183], [Area.KALMAR])
    assert (group.begins, group.ends, group.top_price_ore) == (time(6), time(19, 30), 20_000)
    assert (group.purpose, group.purpose_choices) == ("Projekt", ["Norra bron", "Söder"])
    for each in ("Enkelbiljett, 24-timmarsbiljett", "Måndag–fredag 06–19.30",
                 "En zon, Över länsgränsen; zon 181, 183; över länsgränsen till Kalmar",
                 "Högsta pris200 kr", "Projekt: Norra bron, Söder",
                 "Åk kollektivt.", "Lade till policyn Kontoret."):
        assert each in said


def test_the_form_shows_what_is_decided_and_keeps_it(browser, make, company, groups):
    group = make.policy_group(company, products=[Product.DAY], zones=[183], begins=time(22),
                              ends=time(5), top_price_ore=20_050, purpose="Projekt",
                              purpose_choices=["Norr", "Söder"], text="Hej.")
    page = browser.get(f"{page_of(group)}/andring")
    ticked = {each["value"] for each in page.all("input") if "checked" in each}
    assert {"day", "183"} <= ticked
    assert not {"single", "181"} & ticked
    values = {each.get("name"): each.get("value") for each in page.all("input")}
    assert (values["begins"], values["ends"], values["top_price"], values["purpose"]) == (
        "22:00", "05:00", "200,50", "Projekt")
    assert "Norr Söder" in page.said


def test_a_policy_is_changed(browser, make, company, groups):
    group = make.policy_group(company, products=[Product.DAY])
    answer = browser.post(f"{page_of(group)}/andring", TYPED | {"name": "Alla", "top_price": "50"})
    assert answer.location == page_of(group)
    [changed] = groups()
    assert (changed.name, changed.products, changed.top_price_ore) == ("Alla", None, 5_000)


@pytest.mark.parametrize(("typed", "said"), [
    ({"name": ""}, "Namn: Fyll i det här."), ({"products": []}, "Välj minst en biljett."),
    ({"weekdays": []}, "Välj minst en dag."), ({"zones": []}, "Välj minst en zon."),
    ({"extents": ["the moon"]}, "Välj ett av alternativen."),
    ({"begins": "tidigt"}, "Skriv klockslaget så här: 07:30."),
    ({"begins": "06"}, "Till klockan: Skriv både från och till, eller ingetdera."),
    ({"begins": "06", "ends": "6.00"}, "Till klockan: Från och till är samma klockslag."),
    ({"top_price": "0"}, "Högsta pris för en biljett: Priset ska vara mer än 0 kr"),
    ({"purpose": "Projekt", "purpose_choices": "x" * 101}, "får vara högst 100 tecken."),
])
def test_what_cannot_be_meant_is_refused_and_kept(browser, groups, typed, said):
    page = browser.post(f"{INDEX}ny", TYPED | {"text": "Kvar."} | typed)
    assert (page.status, said in page.said, "Kvar." in page.said) == (422, True, True)
    assert groups() == []


def test_a_name_is_taken_once(browser, make, company):
    make.policy_group(company, "Kontoret")
    page = browser.post(f"{INDEX}ny", TYPED | {"name": "kontoret"})
    assert (page.status, "Det finns redan en policygrupp som heter kontoret." in page.said) == (
        422, True)


def test_the_default_is_chosen_and_taken_away(browser, make, company):
    group = make.policy_group(company)
    make.connection(make.traveller(company))
    assert "En ansluten resenär har ingen policy" in browser.get(INDEX).said
    answer = browser.post(f"{page_of(group)}/forval")
    assert "Kontoret gäller nu alla" in browser.get(answer.location).said
    assert "Kontoret Förval Allt är tillåtet 1" in browser.get(INDEX).said
    browser.post(f"{page_of(group)}/inget-forval")
    assert "Förval" not in browser.get(INDEX).said


def test_one_in_use_is_not_removed_and_the_page_says_why(browser, make, company, groups):
    group = make.policy_group(company, default=True)
    make.connection(make.traveller(company))
    assert "Policyn går att ta bort när den inte gäller någon." in browser.get(page_of(group)).said
    answer = browser.post(f"{page_of(group)}/borttagning")
    assert answer.status == 409
    assert "gäller fortfarande anslutna resenärer (1)" in answer.said
    assert groups() == [group]


def test_one_that_nobody_has_is_removed(browser, make, company, groups):
    answer = browser.post(f"{page_of(make.policy_group(company))}/borttagning")
    assert "Policyn Kontoret är borttagen." in browser.get(answer.location).said
    assert groups() == []


def test_a_department_administrator_reads_and_changes_nothing(browser, make, company):
    group = make.policy_group(company)
    browser.log_in(make.department_admin(make.first_department(company)))
    for url in (INDEX, page_of(group)):
        page = browser.get(url)
        assert (page.status, "Kontoret" in page.said) == (200, True)
        assert not [each for each in page.links() if each.endswith(("/ny", "/andring"))]
    assert browser.get(f"{INDEX}ny").status == 403
    for act in ("andring", "forval", "inget-forval", "borttagning"):
        assert browser.post(f"{page_of(group)}/{act}", TYPED).status == 403


def test_another_companys_policy_is_not_there(browser, make):
    theirs = page_of(make.policy_group(make.company("Andra AB")))
    for url in (theirs, f"{theirs}/andring", f"{INDEX}{uuid4()}"):
        assert browser.get(url).status == 404
    for act in ("forval", "inget-forval", "borttagning"):
        assert browser.post(f"{theirs}/{act}").status == 404


def test_the_list_asks_as_much_at_three_as_at_one_and_is_small(browser, make, company, store):
    make.policy_group(company)
    browser.get(INDEX)
    with queries(store) as at_one:
        browser.get(INDEX)
    for name in ("Två", "Tre"):
        make.policy_group(company, name)
    with queries(store) as at_three:
        page = browser.get(INDEX)
    assert len(at_one) == len(at_three)
    assert len(gzip.compress(page.text.encode())) < 14_000
