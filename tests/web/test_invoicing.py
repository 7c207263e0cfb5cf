import pytest

from domain import bookkeeping_settings
from domain.companies import InvoiceChannel
from domain.services import Service

INDEX = "/foretag/installningar/fakturering/"
TYPED = {"invoice_channel": "email", "invoice_email": "ny@bolaget.example",
         "send_ticket_account": "5810", "business_travel_account": "5811",
         "staff_offer_account": "7690", "vat_account": "2641", "payable_account": "2440",
         "dimension": "1", "series": "L", "vat_services": ["business_travel"]}


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture(autouse=True)
def admin(make, company, browser):
    admin = make.admin(company)
    browser.log_in(admin)
    return admin


def test_the_page_shows_what_is_usual(browser):
    page = browser.get(INDEX)
    values = {attrs.get("name"): attrs.get("value") for attrs in page.all("input")}
    assert (values["invoice_email"], values["vat_account"]) == ("faktura@bolaget.example", "2641")
    ticked = [attrs["value"] for attrs in page.all("input") if "checked" in attrs]
    assert ticked == ["", *Service]


def test_what_is_changed_is_saved(browser, db, company):
    assert browser.post(INDEX, TYPED).location == INDEX
    db.refresh(company)
    assert (company.invoice_channel, company.invoice_email) == (InvoiceChannel.EMAIL,
                                                                "ny@bolaget.example")
    books = bookkeeping_settings.of(db, company.id)
    assert (books.business_travel_account, books.series, books.vat_services) == (
        5811, "L", (Service.BUSINESS_TRAVEL,))
    assert "Ändrade företagets inställningar." in browser.get("/foretag/handelser/").said


@pytest.mark.parametrize(("typed", "said"), [
    ({"invoice_channel": "duva"}, "Välj ett av"), ({"peppol_id": "1"}, "Ett Peppol-id börjar"),
    ({"invoice_channel": "peppol"}, "Fyll i det Peppol-id"),
    ({"vat_account": "26"}, "Ett konto har fyra till sex siffror"),
    ({"dimension": "0"}, "från 1 till 999"),
    ({"invoice_street": "Box 1"}, "Fyll i hela fakturaadressen, eller lämna den tom.")])
def test_what_will_not_do_is_told_and_nothing_is_saved(browser, db, company, typed, said):
    page = browser.post(INDEX, TYPED | typed)
    assert (page.status, said in page.said) == (422, True)
    db.refresh(company)
    assert company.invoice_channel is None


def test_an_administrator_of_departments_settles_nothing(browser, make, company):
    browser.log_in(make.department_admin(make.department(company)))
    assert browser.get(INDEX).status == 403
