"""The stage as a person sees it, without JavaScript."""
from html.parser import HTMLParser
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from integrations.bankid import BankId
from integrations.email import Email
from integrations.sms import Sms
from sandbox import create_sandbox
from sandbox.faults import FAULTS, SMS_DOWN
from sandbox.personas import FAILING, KARIN, PAUSING, PERSONAS

RETURN = "http://127.0.0.1:8000/logga-in/klar?nonce=1"


class Page(HTMLParser):
    def __init__(self, response):
        super().__init__()
        self.status, self.text, self.tags = response.status_code, "", []
        self.feed(response.text)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.text += data

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]

    def check(self):
        assert len(self.all("h1")) == 1
        assert "Sandlåda" in self.text
        assert not self.all("style")
        assert all("src" in script for script in self.all("script"))
        for tag, attributes in self.tags:
            strange = [name for name in attributes if name == "style" or name.startswith("on")]
            assert not strange, f"{tag} has {strange}"
        ids = [attributes["id"] for _, attributes in self.tags if "id" in attributes]
        assert len(ids) == len(set(ids))


class Person:
    """At the sandbox's pages. Follows redirects that stay on them."""

    def __init__(self, sandbox):
        self.client = sandbox.test_client()

    def get(self, url):
        return self._see(self.client.get(url))

    def post(self, url, **form):
        return self._see(self.client.post(url, data=form))

    def _see(self, response):
        while response.status_code == 303 and not urlsplit(response.location).netloc:
            response = self.client.get(response.location)
        if response.status_code != 303:
            page = Page(response)
            page.check()
            return page
        return response.location


@pytest.fixture
def person(sandbox):
    return Person(sandbox)


@pytest.fixture
def bankid(wire):
    return BankId("http://sandbox/bankid/rp/v6.0", app_url="http://sandbox/bankid/app",
                  transport=wire)


@pytest.fixture
def order(bankid):
    return bankid.auth(end_user_ip="192.0.2.1", return_url=RETURN, visible_text="Logga in")


@pytest.fixture
def page(order):
    return f"/bankid/order/{order.order_ref}"


@pytest.mark.parametrize("url", ["/", "/bankid", "/telefon", "/post", "/fel",
                                 "/telefon/46701740605"])
def test_an_empty_stage_has_its_pages(person, url):
    assert person.get(url).status == 200


def test_a_person_scans_and_identifies(person, bankid, order, page):
    assert "Legitimering från 192.0.2.1" in person.get("/bankid").text
    assert "Logga in" in person.post(f"{page}/skanning").text
    person.post(f"{page}/person", personal_number=KARIN.personal_number)
    assert "Fel kod. 2 försök kvar." in person.post(f"{page}/fel-kod").text
    assert "Klart, Karin." in person.post(f"{page}/legitimering", code="123456").text
    assert bankid.collect(order.order_ref).user.personal_number == KARIN.personal_number


def test_a_person_pastes_what_a_scanner_read(person, bankid, order):
    content = BankId.qr_content(order.qr_start_token, order.qr_start_secret, 0)
    assert "Vem är du?" in person.post("/bankid/skanning", content=f" {content}\n").text
    assert bankid.collect(order.order_ref).hint_code == "started"


@pytest.mark.parametrize(("content", "answer"), [
    ("hej", "Det där är inte en QR-kod från BankID."),
    ("bankid.okänd.1.00", "QR-koden hör inte till någon order."),
])
def test_what_cannot_be_scanned_is_said_so(person, order, content, answer):
    page = person.post("/bankid/skanning", content=content)
    assert page.status == 422
    assert answer in page.text


@pytest.mark.parametrize("act", ["identify", "cancel"])
def test_the_same_device_goes_back_to_where_it_came_from(person, bankid, order, page, act):
    url = bankid.start_url(order.auto_start_token).removeprefix("http://sandbox")
    assert "Vem är du?" in person.get(url).text
    person.post(f"{page}/person", personal_number=KARIN.personal_number)
    if act == "identify":
        assert person.post(f"{page}/legitimering", code="123456") == RETURN
    else:
        assert person.post(f"{page}/avbrott") == RETURN
        assert bankid.collect(order.order_ref).hint_code == "userCancel"


def test_the_orders_own_address_comes_before_that_of_the_link(person, bankid, page, order):
    url = bankid.start_url(order.auto_start_token, return_url="http://elsewhere/")
    person.get(url.removeprefix("http://sandbox"))
    assert person.post(f"{page}/avbrott") == RETURN


@pytest.mark.parametrize("persona", [*PERSONAS, *FAILING, *PAUSING], ids=lambda one: one.name)
def test_everybody_can_be_chosen(person, page, persona):
    assert persona.name in person.post(f"{page}/skanning").text
    person.post(f"{page}/person", personal_number=persona.personal_number)
    shown = person.get(page).text
    assert (persona.hint_code or persona.name) in shown
    if persona in PAUSING:
        assert "Säkerhetskod" in person.post(f"{page}/fortsattning").text


def test_an_order_that_is_gone_is_said_so(person, bankid, order, page):
    bankid.cancel(order.order_ref)
    for answer in (person.get(page), person.post(f"{page}/avbrott"),
                   person.get(f"/bankid/app?autostarttoken={order.auto_start_token}")):
        assert answer.status == 422
        assert "finns inte längre" in answer.text


def test_a_telephone_shows_its_messages_with_links(person, wire):
    sms = Sms("http://sandbox/46elks/a1", "u", "p", sender="JLT", transport=wire)
    sms.send("+46701740605", "Din biljett: http://127.0.0.1:8000/b/abc <b>")
    sms.send("+46701740606", "Koden är 1234", secret=True)
    assert "+46701740605" in person.get("/telefon?nummer=0701740605").text
    assert "+46701740605" not in person.get("/telefon?nummer=606").text
    telephone = person.get("/telefon/46701740605")
    assert "Din biljett: http://127.0.0.1:8000/b/abc <b>" in telephone.text
    assert "http://127.0.0.1:8000/b/abc" in [link.get("href") for link in telephone.all("a")]
    assert "Koden är 1234" in person.get("/telefon/46701740606").text


def test_a_mail_is_shown_as_text_and_in_a_frame_that_runs_nothing(person, sandbox, stage, clock):
    email = Email("127.0.0.1", 1, sender="Portalen <noreply@jlt.example>")
    message = email.compose(
        id=uuid4(), to="asa@foretaget.example", subject="Välkommen", now=clock.now(),
        text="Börja här: http://127.0.0.1:8000/start",
        html='<p><a href="http://127.0.0.1:8000/start">Börja här</a></p>')
    stage.mailbox.take(["asa@foretaget.example"], message.as_bytes())
    assert "Välkommen" in person.get("/post?till=asa").text
    assert "Välkommen" not in person.get("/post?till=bo").text
    mail = person.get("/post/1")
    assert "http://127.0.0.1:8000/start" in [link.get("href") for link in mail.all("a")]
    frame, = mail.all("iframe")
    assert frame["sandbox"] == "allow-top-navigation-by-user-activation"
    inside = sandbox.test_client().get(frame["src"])
    assert inside.text.startswith('<base target="_top"><p><a href="http://127.0.0.1:8000/start">')
    assert "script-src" not in inside.headers["Content-Security-Policy"]
    assert inside.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_a_mail_that_is_not_there_is_not_found(sandbox):
    assert sandbox.test_client().get("/post/1").status_code == 404


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_switched_on_and_off_and_shown_everywhere(person, stage, name):
    person.post("/fel", name=name)
    assert stage.faults.on() == {name}
    assert f"Just nu: {FAULTS[name][0]}." in person.get("/").text
    person.post("/fel", name=name)
    assert stage.faults.on() == set()


@pytest.fixture
def request_at_swish(stage):
    return stage.swish.make("A" * 32, reference="F-1", callback_url="https://a.example",
                            callback_identifier=None, payer=None, payee="1234679304", ore=12_000,
                            message="F-1")


def test_the_swish_app_pays_and_leads_back(person, stage, request_at_swish):
    token = request_at_swish["token"]
    back = "http://127.0.0.1:8000/mina-sidor/betalning/1/ater"
    shown = person.get(f"/swish/app?token={token}&callbackurl={back}")
    assert "120,00 kr" in shown.text
    assert person.post(f"/swish/betalning/{request_at_swish['id']}", choice="pay",
                       back=back) == back
    assert stage.swish.find(request_at_swish["id"])["status"] == "PAID"
    assert "PAID" in person.get(f"/swish/app?token={token}").text


def test_a_qr_code_that_somebody_read_opens_the_swish_app(person, request_at_swish):
    assert "120,00 kr" in person.post("/swish/skanning",
                                      content=f"D{request_at_swish['token']}").text
    assert person.post("/swish/skanning", content="D0").status == 422


def test_a_bank_that_did_not_answer_does_so_in_the_swish_app(person, stage, request_at_swish):
    where = f"/swish/betalning/{request_at_swish['id']}"
    assert "banken har inte svarat" in person.post(where, choice="DS24").text
    person.post(where, choice="learn_paid")
    assert stage.swish.find(request_at_swish["id"])["status"] == "PAID"


@pytest.fixture
def payment_at_nets(stage):
    item = {"name": "Resekort", "grossTotalAmount": 12_000}
    return stage.nets.make({
        "order": {"amount": 12_000, "reference": "F-1", "items": [item]},
        "checkout": {"returnUrl": "http://portal.example/ater?a=1", "charge": True,
                     "cancelUrl": "http://portal.example/avbruten"}})["id"]


def test_the_cards_page_refuses_pays_and_leads_back(person, stage, payment_at_nets):
    def chooses(choice):
        return person.post("/nets/betala", paymentId=payment_at_nets, choice=choice)

    assert "Öppna" in person.get("/nets").text
    assert "Resekort, 120,00 kr" in person.get(f"/nets/betala?paymentId={payment_at_nets}").text
    assert "Kortet nekades" in chooses("decline").text
    assert chooses("cancel") == "http://portal.example/avbruten"
    assert chooses("pay") == f"http://portal.example/ater?a=1&paymentid={payment_at_nets}"
    assert stage.nets.find(payment_at_nets)["charged"] == 12_000
    assert chooses("pay").status == 422


def test_the_stage_remembers_what_happened(clock, tmp_path):
    path = str(tmp_path / "sandbox.db")
    first, second = (create_sandbox(path, clock=clock).extensions["sandbox"] for _ in range(2))
    first.phones.take(sender="JLT", to="+46701740605", text="Hej", secret=False, report_url=None)
    first.faults.turn_on(SMS_DOWN)
    assert second.phones.texts("+46701740605") == ["Hej"]
    assert second.faults.on() == {SMS_DOWN}
