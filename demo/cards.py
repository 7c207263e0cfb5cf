"""Travel cards of the big company, some handed out, one with a ticket; and a private one."""
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from demo.applicants import clerk
from demo.companies import Town
from domain import card_holdings, private_cards, sales
from domain.card_holdings import Holder
from domain.card_numbers import make_card
from domain.products import Extent, Product, Trip
from domain.rules import rules
from domain.sales import Recipient

FIRST = 4_201
"""The serial number of the first."""
CARDS = (("Busskort 1", 9), ("Busskort 2", 14), ("Busskort 3", None), ("Reception", None))
"""What each is called, and which traveller has it."""


def hand_out(session: Session, town: Town, *, now: datetime) -> None:
    department, then = town.departments[0], now - timedelta(days=20)
    cards = [card_holdings.add(
        session, department, make_card(FIRST + number, rules(session)), name=name,
        holder=Holder(town.travellers[holder]) if holder else _lent(name), by=town.admin,
        now=then) for number, (name, holder) in enumerate(CARDS)]
    sales.send(session, Product.PERIOD_30, Trip(Extent.ZONES_1, (181,)),
               to=Recipient(cards[0].called, "", cards[0].traveller, card=cards[0]),
               department=department, by=town.admin, now=now - timedelta(minutes=20))
    amir = town.travellers[0]
    private_cards.register(session, private_cards.Details(
        make_card(8_802, rules(session)), amir.mobile, amir.name), by=clerk(session), now=then)


def _lent(name: str) -> Holder:
    return Holder(name="Lånas i receptionen") if name == "Reception" else card_holdings.NOBODY
