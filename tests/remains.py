"""Looks through a whole database for what tells of one person, opening no seal."""
import json
from datetime import date, timedelta

from sqlalchemy import JSON, LargeBinary, String, select

from domain import (
    customer_service,
    customers,
    email_changes,
    password_resets,
    service_documents,
)
from domain.card_trips import Means as TripMeans
from domain.card_trips import record
from domain.customer_service import Details
from domain.parcel_cases import Reason
from domain.payments import Means
from domain.service_acts import Why
from domain.shop_orders import Kind
from domain.shop_wares import Wish
from domain.store import Base
from tests.factories import MORNING, Factory, born

MARKERS = {
    "name": "Kajsalena", "surname": "Zetterkvist", "email": "kajsalena@zetter.example",
    "other email": "kajsalena.ny@zetter.example", "mobile": "+46701740677",
    "street": "Knastervägen 77", "postcode": "567 89", "city": "Knasterby",
    "child": "Lillemor", "label": "Min röda lapp", "agent": "Knasterwebb 7",
    "reason": "blev sjuk i knasterfeber", "words": "brevbäraren tappade knasterkortet",
}
"""What is known of somebody, and of nobody else."""
NUMBER, CHILDS = born(date(1981, 7, 7)), born(date(2016, 8, 8))


def life(make: Factory, *, at=MORNING):
    """Somebody who has one of everything, all of it finished."""
    kajsa = make.customer(
        MARKERS["name"], MARKERS["surname"], number=NUMBER, email=MARKERS["email"],
        mobile=MARKERS["mobile"], street=MARKERS["street"], postcode=MARKERS["postcode"],
        city=MARKERS["city"], created_at=at)
    by, session = customers.actor_of(kajsa), make.session
    child = make.child(kajsa, MARKERS["child"], MARKERS["surname"], number=CHILDS)
    card = make.customer_card(kajsa, child=child, label=MARKERS["label"])
    make.purse_load(make.purse(card, at=at), at=at)
    make.card_period(card, at=at), make.own_ticket(kajsa, at=at)
    make.customer_login(kajsa, token="kund.markers", agent=MARKERS["agent"], at=at)
    wish = Wish(kind=Kind.NEW_CARD, label=MARKERS["label"], child=child)
    make.shop_order(kajsa, Wish(kind=Kind.PURSE, card=card, purse_ore=20_000),
                    paid_with=Means.SWISH, at=at)
    parcel = make.parcel(kajsa, wish, at=at, posted=True)
    case = make.parcel_case(parcel, Reason.DAMAGED, MARKERS["words"], at=at)
    make.cart(kajsa, Wish(kind=Kind.NEW_CARD, label=MARKERS["label"]), at=at)
    clerk = make.actor(make.clerk())
    with make.store.transaction(session):
        case.closed_at, case.answer = at, MARKERS["words"]
        record(session, card, at - timedelta(hours=1), zone=181, means=TripMeans.PURSE, now=at)
        email_changes.ask(session, kajsa, MARKERS["other email"], by=by, now=at)
        password_resets.ask(session, kajsa.email, language="sv", now=at)
        details = Details(**{name: getattr(kajsa, name) for name in customer_service.PLAIN
                             if name != "born_on"}, personnummer=None, born_on=date(1981, 7, 8))
        customer_service.correct(
            session, kajsa, details, Why(MARKERS["reason"], service_documents.read(
                session, b"%PDF-1.7 " + MARKERS["reason"].encode())), by=clerk, now=at)
    return kajsa


def marks(session, customer) -> list[str | bytes]:
    """All that would tell of them: also how they are found by number."""
    vault = session.info["vault"]
    return [*MARKERS.values(), MARKERS["mobile"].removeprefix("+46"),
            MARKERS["postcode"].replace(" ", ""), NUMBER, CHILDS, NUMBER[2:],
            vault.index(NUMBER), vault.index(CHILDS)]


def remains(session, marked) -> dict[tuple[str, str], object]:
    """Where any of it stands, in any case of letters: table and column."""
    session.rollback()
    found = {}
    for table in Base.metadata.sorted_tables:
        columns = [column for column in table.columns
                   if isinstance(column.type, (String, JSON, LargeBinary))]
        for row in session.execute(select(*columns)) if columns else ():
            for column, value in zip(columns, row, strict=True):
                if any(_holds(value, mark) for mark in marked):
                    found[table.name, column.name] = value
    return found


def _holds(value, mark: str | bytes) -> bool:
    if isinstance(value, bytes):
        return (mark if isinstance(mark, bytes) else mark.encode()) in value
    if isinstance(mark, bytes) or value is None:
        return False
    said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return mark.casefold() in said.casefold()
