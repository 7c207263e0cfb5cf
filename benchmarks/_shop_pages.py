"""The till, and the page of a card, of one among two hundred thousand customers: what the server
needs for them, against a bare Flask view that asks the same of the database and writes the same
page by the same libraries."""
import re
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from time import perf_counter, process_time
from uuid import UUID, uuid4

from flask import Flask, session
from flask_wtf import FlaskForm
from flask_wtf.csrf import generate_csrf
from sqlalchemy import bindparam, select, union_all
from sqlalchemy.orm import Session, contains_eager, joinedload
from wtforms import HiddenField, RadioField
from wtforms.fields.choices import SelectChoice

from benchmarks import _shoppers
from benchmarks.clock import by_turns
from benchmarks.databases import NOW, portal
from benchmarks.people import Visitor
from benchmarks.table import Row, against
from domain import price_lists
from domain.audit import Event
from domain.card_numbers import mask_card, show_card
from domain.card_trips import CardTrip
from domain.carts import Cart, CartLine
from domain.customers import Customer
from domain.money import kr, vat_of
from domain.months import today
from domain.products import NAMES
from domain.purse_loads import PurseLoad
from domain.rules import Rules
from domain.shop_orders import KIND_NAMES, Kind, ShopOrder, ShopOrderLine
from domain.store import Base
from domain.tickets import Ticket
from domain.travel_cards import TravelCard
from translations import formats

BAR, TIMES = 1.5, 150
TILL, CARD = "/mina-sidor/kassa/", "/mina-sidor/kort/"
PLACES = {"181": "Zon 181 Jönköping"}
RULES = Rules()

U, L, A, P, B, X, O, N, S = (Base.metadata.tables[name].c for name in (  # noqa: E741
    "customers", "customer_logins", "customer_acceptances", "price_lists", "purses", "purse_loads",
    "shop_orders", "shop_order_lines", "purse_shortfalls"))
TABLES = Base.metadata.tables
WHO = (
    select(U.id, U.given_name, U.surname)
    .select_from(TABLES["customer_logins"].join(TABLES["customers"], L.customer_id == U.id))
    .where(L.token_hash == bindparam("token"), L.ended_at.is_(None), L.expires_at > NOW,
           U.blocked_at.is_(None), U.deleted_at.is_(None)))
ACCEPTED = select(A.kind, A.version).where(A.customer_id == bindparam("who"))
CART = (
    select(Cart).where(Cart.customer_id == bindparam("who"))
    .options(joinedload(Cart.lines).options(
        joinedload(CartLine.card).joinedload(TravelCard.child), joinedload(CartLine.child))))
IN_FORCE = select(P.id).where(P.valid_from <= today(NOW)).order_by(P.valid_from.desc()).limit(1)
CARDS = bindparam("cards", expanding=True)
IN_PURSES = union_all(
    select(B.card_id, B.balance_ore).where(B.card_id.in_(CARDS)),
    select(X.card_id, X.amount_ore).where(
        X.card_id.in_(CARDS), X.activated_at.is_(None), X.ended_at.is_(None), X.expires_at > NOW),
    select(N.card_id, N.amount_ore)
    .select_from(TABLES["shop_order_lines"].join(TABLES["shop_orders"], O.id == N.order_id))
    .where(N.card_id.in_(CARDS), N.kind == "purse", O.state == "open"))
BALANCE = select(B.balance_ore).where(B.card_id == bindparam("card"))
LOADS = (
    select(PurseLoad).where(PurseLoad.card_id == bindparam("card"),
                            PurseLoad.activated_at.is_(None), PurseLoad.ended_at.is_(None))
    .order_by(PurseLoad.paid_at))
TICKETS = (
    select(Ticket).where(Ticket.card_id == bindparam("card")).order_by(Ticket.sold_at.desc())
    .limit(50))
TRIPS = (
    select(CardTrip).where(CardTrip.card_id == bindparam("card")).order_by(CardTrip.at.desc())
    .limit(10))
SHORT = select(S.at, S.missing_ore).where(S.card_id == bindparam("card"))
BOUGHT = (
    select(ShopOrderLine).join(ShopOrderLine.order)
    .where(ShopOrderLine.card_id == bindparam("card"), ShopOrder.customer_id == bindparam("who"),
           ShopOrder.paid_at.is_not(None))
    .options(contains_eager(ShopOrderLine.order)).order_by(ShopOrder.paid_at.desc()).limit(50))
EVENTS = (
    select(Event).where(Event.thing_id == bindparam("card"), Event.chain_id == bindparam("who"))
    .order_by(Event.seq.desc()).limit(50))


class PayForm(FlaskForm):
    class Meta:
        csrf = False

    form_key = HiddenField(default=uuid4)
    means = RadioField(default="swish", choices=[
        SelectChoice("swish", "Swish"), SelectChoice("card", "Bankkort (Visa eller Mastercard)")])


def measure(database: str) -> list[Row]:
    with portal(database) as app:
        card_id = _shoppers.fill(app.extensions["store"], _shoppers.CUSTOMERS)
        # on PostgreSQL the database works outside this process, and is waited for
        clock = process_time if database == "sqlite" else perf_counter
        return list(_costs(app, card_id, clock))


def _costs(app: Flask, card_id: UUID, clock: Callable[[], float]) -> Iterator[Row]:
    for name, floor in (("the till", till(app)), ("the page of a card", card(app, card_id))):
        value, least = by_turns(floor.visitor.sees(""), floor.page(), times=TIMES, warm=30,
                                clock=clock)
        yield against(f"shop: {name}", value, "ms", floor=least, bar=BAR)


def till(app: Flask) -> "Floor":
    return Floor(app, TILL, _till_values, [
        (r'(?<=<ul class="tasks">).*?(?=</ul>)', _rows("shop_till.html")),
        (r'<input id="form_key"[^>]*>', "{{ form.hidden_tag() }}"),
        (r'(?<=<div class="choices">).*?(?=</div>\s*</fieldset>)',
         '{% for each in form.means %}<div class="choice">{{ each() }}{{ each.label }}</div>'
         "{% endfor %}"),
        (r"(?<=<dt>Summa</dt><dd>)[^<]+", "{{ ore|kr }}"),
        (r"(?<=<dt>Varav moms</dt><dd>)[^<]+", "{{ vat|kr }}"),
        (r"(?<=<h2>Hit skickas det</h2>\n          <p>)[^\n]+(?=</p>)",
         "{{ customer.given_name }} {{ customer.surname }}<br>{{ customer.street }}<br>"
         "{{ customer.postcode }} {{ customer.city }}"),
        (r'(?<=name="agreed_ore" value=")\d+">[^<]+', '{{ ore }}">Betala {{ ore|kr }}')])


def card(app: Flask, card_id: UUID) -> "Floor":
    return Floor(app, f"{CARD}{card_id}", _card_values(card_id), [
        (r'<dl class="figures">.*<section>(?=\s*<h2>Sköt)', _rows("shop_card.html")),
        (r'(?<=<div class="head">\n  <div><h1>)[^<]+', "{{ card.label }}"),
        (r'(?<=</h1><p class="quiet">)[^<]+', "{{ number(card.number) }}"),
        (r'(?<=<ol class="timeline">).*?(?=</ol>)',
         '{% for each in events %}<li><span class="when">{{ each.at|moment }}</span><div><p>Kortet '
         '{{ each.details.card }} registrerades.</p><p class="quiet">Du</p></div></li>'
         "{% endfor %}"),
        (str(card_id), "{{ card.id }}")])


def _rows(file: str) -> str:
    return (Path(__file__).parent / file).read_text()


class Floor:
    """The least that answers with the same page by the same libraries: a bare Flask view, who is
    signed in and what they have accepted, entities by statements made beforehand, a form with its
    token, and one template in which all is literal but what these say."""

    def __init__(self, app: Flask, address: str, values: Callable[[Session, UUID], dict],
                 parts: list[tuple[str, str]]):
        self.engine, self.values = app.extensions["store"].engine, values
        self.visitor = Visitor(app, _shoppers.TOKEN, address)
        self.app = Flask("floor")
        self.app.config.update(SECRET_KEY=app.config["SECRET_KEY"], SESSION_COOKIE_NAME="portal")
        day = today(NOW)
        self.app.jinja_env.filters.update(
            kr=kr, moment=lambda moment: formats.moment(moment, today=day),
            day=lambda moment: formats.day(moment, today=day))
        self.app.jinja_env.autoescape = True
        self.template = self.app.jinja_env.from_string(_template(self.visitor.sees("")(), [
            *parts, (r'(?<="X-CSRFToken": ")[^"]+', "{{ token }}"),
            (r'(?<=name="csrf_token" type="hidden" value=")[^"]+', "{{ token }}"),
            (r'(?<=name="csrf_token" value=")[^"]+', "{{ token }}")]))

    def page(self) -> Callable[[], str]:
        def show() -> str:
            with Session(self.engine) as db:
                token = session["_user_id"].encode()
                who = db.execute(WHO, {"token": sha256(token).digest()}).one()
                db.execute(ACCEPTED, {"who": who.id}).all()
                return self.template.render(token=generate_csrf(), who=who, now=NOW,
                                            **self.values(db, who.id))

        self.app.add_url_rule("/", "page", show)
        return self.visitor.asks(self.app, "/")


def _template(html: str, parts: list[tuple[str, str]]) -> str:
    for place, (pattern, _) in enumerate(parts):
        html, found = re.subn(pattern, f"@{place}@", html, flags=re.DOTALL)
        if not found and "csrf" not in pattern:
            raise RuntimeError(f"the page has changed: {pattern}")
    written = f"{{% raw %}}{html}{{% endraw %}}"
    for place, (_, expression) in enumerate(parts):
        written = written.replace(f"@{place}@", f"{{% endraw %}}{expression}{{% raw %}}")
    return written


def _till_values(db: Session, who: UUID) -> dict:
    customer = db.get(Customer, who)
    cart = db.scalars(CART, {"who": who}).unique().one()
    price_list = db.execute(IN_FORCE).scalar_one()
    cards = [line.card_id for line in cart.lines if line.card_id]
    db.execute(IN_PURSES, {"cards": cards}).all()
    rows = [_row(line, _prices(db, price_list)) for line in cart.lines]
    return {"rows": rows, "ore": sum(row["ore"] for row in rows), "customer": customer,
            "vat": sum(row["vat"] for row in rows), "form": PayForm()}


_KEPT: dict[UUID, dict] = {}


def _prices(db: Session, price_list: UUID) -> dict:
    """Remembered, as the portal does."""
    if price_list not in _KEPT:
        table = price_lists.PriceRow.__table__
        _KEPT[price_list] = {(row.product, row.extent): row.price_ore for row in db.execute(
            select(table).where(table.c.price_list_id == price_list))}
    return _KEPT[price_list]


def _row(line: CartLine, prices: dict) -> dict:
    parts = [("Kortet", RULES.new_card_ore)] if line.kind == Kind.NEW_CARD else []
    if line.purse_ore:
        parts.append(("Reskassa", line.purse_ore))
    if line.product:
        parts.append((NAMES[line.product], prices[line.product, line.extent]))
    details = [PLACES[line.zones]] if line.product else []
    if line.card:
        details.append(f"Resekort {mask_card(line.card.number)} {line.card.label}")
    elif line.kind == Kind.TICKET:
        details.append("i mobilen")
    elif line.label:
        details.append(line.label)
    title = NAMES[line.product] if line.product else KIND_NAMES[line.kind]
    return {"title": title, "quantity": line.quantity, "details": " · ".join(details),
            "parts": parts if len(parts) > 1 else [],
            "ore": line.quantity * sum(ore for _, ore in parts),
            "vat": line.quantity * sum(vat_of(ore, 600) for _, ore in parts)}


def _card_values(card_id: UUID) -> Callable[[Session, UUID], dict]:
    def values(db: Session, who: UUID) -> dict:
        asked = {"card": card_id, "who": who}
        loads, tickets, trips, bought, events = (
            db.scalars(statement, asked).all()
            for statement in (LOADS, TICKETS, TRIPS, BOUGHT, EVENTS))
        db.execute(SHORT, asked).all()
        return {"card": db.get(TravelCard, card_id), "loads": loads, "tickets": tickets,
                "trips": trips, "bought": bought, "events": events, "number": show_card,
                "products": NAMES, "places": PLACES, "kinds": KIND_NAMES,
                "balance": db.execute(BALANCE, asked).scalar() or 0,
                "waiting": sum(load.amount_ore for load in loads)}
    return values
