from datetime import date, timedelta

from sqlalchemy import select

from documents import mtb
from domain import ledger, purchases, reissues
from domain.audit import Act, Event
from domain.authorisations import Authorisation
from domain.companies import Company
from domain.products import Product
from domain.tickets import Ticket
from domain.webhooks import moment
from tests.conftest import NOON
from tests.factories import NOBODY, ONE_ZONE
from tests.web.allpay_app import SINGLE, bought, kind


def test_wares_have_their_price_and_what_is_refused_its_reason(phone):
    wares = {(each["place"], each["product"]): each
             for each in phone.get("/products").json["products"]}
    assert wares["zones_1-181", "single"] == {
        "product": "single", "productName": "Enkelbiljett", "place": "zones_1-181",
        "placeName": "Zon 181 Jönköping", "price": 4200, "vat": 238, "allowed": True,
        "refusal": None}
    assert wares["county", "period_365"]["refusal"]["kind"] == "no-room"


def test_policy_refuses_with_its_rule_in_the_list_and_at_the_purchase(phone, make, db):
    company = db.get_one(Company, phone.connection.company_id)
    make.policy_group(company, default=True, products=[Product.DAY])
    [ware] = [each for each in phone.get("/products?place=zones_1-181").json["products"]
              if each["product"] == "single"]
    assert (ware["allowed"], ware["refusal"]["rule"]) == (False, "product")
    answer = phone.post("/purchases", SINGLE)
    assert (answer.status_code, kind(answer), answer.json["rule"]) == (403, "policy", "product")


def test_names_are_in_the_language_that_is_asked_for(phone):
    english = {"Accept-Language": "en"}
    wares = phone.get("/products?place=county", **english).json["products"]
    assert wares[0]["placeName"] == "The whole county"


def test_a_purchase_gives_a_ticket_that_opens_on_the_phone(phone, browser):
    made = bought(phone)
    assert (made["state"], made["price"], made["ticket"]["state"]) == (
        "captured", 4200, "unactivated")
    path = made["ticket"]["url"].removeprefix("http://portal.example")
    assert made["ticket"]["number"] in browser.get(path).said
    assert phone.get(f"/purchases/{made['id']}").json == made
    assert phone.get("/payment-method").json["used"] == 4200


def test_the_log_says_by_which_app_the_traveller_bought(phone, db):
    bought(phone)
    db.rollback()
    event = db.scalar(select(Event).where(Event.act == Act.TRAVEL_BOUGHT))
    assert (event.by_name, event.by_person_id) == ("Rut Resenär (Reseappen)", None)


def test_what_is_authorised_is_captured_or_voided(phone, db):
    first, second = (phone.post("/authorisations", SINGLE).json["id"] for _ in range(2))
    assert phone.get("/payment-method").json["left"] == 50_000 - 8_400
    captured = phone.post(f"/authorisations/{first}/capture")
    assert (captured.status_code, captured.json["id"]) == (201, first)
    assert captured.headers["Location"].endswith(f"/purchases/{first}")
    assert phone.post(f"/authorisations/{second}/void").json["state"] == "voided"
    assert phone.get("/payment-method").json["left"] == 50_000 - 4_200
    assert kind(phone.post(f"/authorisations/{second}/capture")) == "conflict"
    assert kind(phone.get(f"/purchases/{second}")) == "not-found"
    assert ledger.check(db) == []


def test_an_authorisation_expires(phone, clock, make):
    kept = phone.post("/authorisations", SINGLE).json
    clock.at += timedelta(minutes=15)
    phone.token = make.api_token(phone.client, secret="later", at=clock.at)
    assert phone.get(f"/authorisations/{kept['id']}").json["state"] == "expired"
    assert kind(phone.post(f"/authorisations/{kept['id']}/capture")) == "conflict"


def test_over_the_limit_nothing_is_bought(phone):
    answer = phone.post("/purchases", {"product": "period_365", "place": "county",
                                       "price": 1_390_000})
    assert (answer.status_code, kind(answer)) == (402, "no-room")


def test_nobody_pays_another_price_than_they_were_shown(phone, db):
    answer = phone.post("/purchases", SINGLE | {"price": 4100})
    assert (answer.status_code, kind(answer), answer.json["price"]) == (409, "price-changed", 4200)
    assert db.scalar(select(Authorisation)) is None


def test_a_purpose_and_a_first_day_go_with_the_purchase(phone, db):
    made = bought(phone, purpose="Projekt  7", validFrom="2026-12-01")
    assert (made["purpose"], made["ticket"]["validFrom"]) == ("Projekt 7", "2026-12-01")
    assert db.scalar(select(Ticket)).valid_from == date(2026, 12, 1)


def test_a_ticket_that_is_bought_to_travel_now_begins_and_is_signed(phone, app, db):
    made = bought(phone, activate=True)
    ticket = db.scalar(select(Ticket))
    assert (made["ticket"]["state"], made["ticket"]["activatedAt"]) == ("active", moment(NOON))
    assert made["ticket"]["activeUntil"] == moment(NOON + timedelta(minutes=60))
    signed = mtb.read(ticket.bundle)
    signed.verify(app.extensions["world"].ticket_keys.public_keys())
    assert signed.tickets(app.config["PORTAL"].ticket_issuer)[0].number == made["ticket"]["number"]
    assert kind(phone.post(f"/purchases/{made['id']}/refund")) == "conflict"


def test_the_first_phone_that_takes_what_was_activated_shows_its_code(phone, browser):
    at = bought(phone, activate=True)["ticket"]["url"].removeprefix("http://portal.example")
    before = browser.get(at)
    assert "Öppna på den här telefonen" in before.said
    assert _codes(before) == []
    browser.post(f"{at}/telefon")
    assert len(_codes(browser.get(at))) == 1


def _codes(page):
    return [each for each in page.all("img") if each["src"].startswith("data:image/svg+xml")]


def test_a_ticket_for_another_day_is_not_bought_to_travel_now(phone, db):
    answer = phone.post("/purchases", SINGLE | {"validFrom": "2026-12-01", "activate": True})
    assert (answer.status_code, kind(answer)) == (409, "conflict")
    assert (db.scalar(select(Ticket)), phone.get("/payment-method").json["used"]) == (None, 0)


def test_nothing_is_activated_before_it_is_captured(phone):
    answer = phone.post("/authorisations", SINGLE | {"activate": True})
    assert (kind(answer), answer.json["errors"][0]["name"]) == ("invalid", "activate")


def test_a_refund_takes_the_ticket_back_once(phone):
    made = bought(phone)
    refunded = phone.post(f"/purchases/{made['id']}/refund").json
    assert (refunded["state"], refunded["ticket"]["state"]) == ("refunded", "recalled")
    assert kind(phone.post(f"/purchases/{made['id']}/refund")) == "conflict"
    assert phone.get("/payment-method").json["used"] == 0


def test_purchases_are_paged_newest_first(phone, clock):
    made = []
    for _ in range(3):
        clock.at += timedelta(seconds=1)
        made.append(bought(phone)["id"])
    first = phone.get("/purchases?limit=2").json
    rest = phone.get(f"/purchases?limit=2&cursor={first['next']}").json
    assert [each["id"] for page in (first, rest) for each in page["purchases"]] == made[::-1]
    assert rest["next"] is None


def test_what_was_bought_in_the_portal_gets_a_link_when_it_is_asked_for(phone, store, db, browser):
    with store.transaction(db):
        purchases.buy(db, phone.connection, Product.SINGLE, ONE_ZONE, by=NOBODY, now=NOON)
    [made] = phone.get("/purchases").json["purchases"]
    assert made["ticket"]["url"] is None
    url = phone.post(f"/purchases/{made['id']}/ticket-link").json["url"]
    assert browser.get(url.removeprefix("http://portal.example")).status == 200
    assert phone.get(f"/purchases/{made['id']}").json["ticket"]["url"] == url


def test_a_ticket_that_is_made_anew_has_another_link(phone, store, db):
    made = bought(phone)
    with store.transaction(db):
        reissues.reissue(db, db.scalar(select(Ticket)), text=False, by=NOBODY, now=NOON)
    assert phone.get(f"/purchases/{made['id']}").json["ticket"]["url"] is None
    url = phone.post(f"/purchases/{made['id']}/ticket-link").json["url"]
    assert url != made["ticket"]["url"]
