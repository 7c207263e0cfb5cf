from domain.customers import Customer
from domain.people import Person


def test_three_kinds_of_people_see_where_to_go(browser):
    links = browser.get("/").links()
    for door in ("/foretag/", "/resa/", "/mina-sidor/", "/ansok", "/logga-in"):
        assert door in links


def lang(page):
    return page.all("html")[0]["lang"]


def test_the_language_is_the_browsers_until_somebody_chooses(browser):
    assert lang(browser.get("/")) == "sv"
    assert lang(browser.get("/", **{"Accept-Language": "en-GB,en"})) == "en"
    browser.post("/sprak", {"language": "sv"})
    assert lang(browser.get("/", **{"Accept-Language": "en-GB,en"})) == "sv"


def test_a_language_that_is_none_changes_nothing(browser):
    assert browser.post("/sprak", {"language": "xx"}).location == "/"
    assert browser.post("/sprak").location == "/"
    assert lang(browser.get("/")) == "sv"


def test_choosing_a_language_leads_back_to_the_page_one_was_on(browser):
    def chosen_on(page):
        return browser.post("/sprak", {"language": "en"}, headers={"Referer": page}).location

    assert chosen_on("http://localhost/ansok?x=1#there") == "/ansok?x=1"
    assert chosen_on("http://evil.example/ansok") == "/"
    assert chosen_on("http://localhost//evil.example") == "/"


def test_letters_to_who_is_logged_in_follow_the_language(browser, make, db):
    person = make.admin()
    browser.log_in(person).post("/sprak", {"language": "en"})
    assert db.get(Person, person.id, populate_existing=True).language == "en"


def test_letters_to_a_customer_follow_the_language_too(browser, make, db):
    customer = make.customer()
    browser.log_in(customer).post("/sprak", {"language": "en"})
    assert db.get(Customer, customer.id, populate_existing=True).language == "en"
