import pytest

from tests.queries import queries

INDEX = "/intern/kunder/"


@pytest.fixture(autouse=True)
def clerk(browser, make):
    browser.log_in(make.clerk())


def test_nobody_is_listed_before_something_is_asked(browser, make):
    make.customer("Kajsa", "Ek")
    assert "Kajsa" not in browser.get(INDEX).said
    assert "Kajsa Ek" in browser.get(f"{INDEX}?q=kajsa").said
    assert browser.get(f"{INDEX}?q=%00'%25&efter=x").status == 200


def test_the_list_asks_as_much_at_three_customers_as_at_one(browser, make, store):
    make.customer("Kajsa", "Ek")
    browser.get(f"{INDEX}?q=ek")
    with queries(store) as at_one:
        browser.get(f"{INDEX}?q=ek")
    make.customer("Bo", "Ek"), make.customer("Ada", "Ek")
    with queries(store) as at_three:
        browser.get(f"{INDEX}?q=ek")
    assert len(at_one) == len(at_three)


def test_a_customer_is_seen_whole(browser, make):
    kajsa = make.customer("Kajsa", "Ek", email="kajsa@ek.example")
    make.child(kajsa, "Kim", "Ek")
    card = make.customer_card(kajsa, label="Jobbet")
    make.card_period(card)
    make.purse_load(card, 20_000)
    make.own_ticket(kajsa)
    order = make.shop_order(kajsa)
    make.paid(order)
    parcel = make.parcel(kajsa)
    make.parcel_case(make.parcel(kajsa, posted=True))
    said = browser.get(f"{INDEX}{kajsa.id}").said
    for told in ("kajsa@ek.example", "Kim Ek", "Jobbet", "30-dagarsbiljett", "200 kr",
                 order.number, "Nytt resekort", "Swish", "Nytt kort", "skadat"):
        assert told in said, told
    assert parcel.name == "Kajsa Ek"


def test_a_customers_page_asks_as_much_with_three_of_each_as_with_one(browser, make, store):
    kajsa = make.customer()

    def one_more():
        card = make.customer_card(kajsa)
        make.card_period(card), make.own_ticket(kajsa), make.child(kajsa)
        make.paid(make.shop_order(kajsa))
        make.parcel_case(make.parcel(kajsa, posted=True))

    one_more()
    browser.get(f"{INDEX}{kajsa.id}")
    with queries(store) as at_one:
        browser.get(f"{INDEX}{kajsa.id}")
    one_more(), one_more()
    with queries(store) as at_three:
        browser.get(f"{INDEX}{kajsa.id}")
    assert len(at_one) == len(at_three)


def test_no_company_and_no_customer_sees_a_customer(browser, make):
    kajsa = make.customer()
    browser.log_in(make.admin())
    assert browser.get(f"{INDEX}{kajsa.id}").status == 403
    browser.log_in_customer(kajsa)
    assert browser.get(INDEX).status in (303, 403)
