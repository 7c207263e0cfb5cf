"""What waits today, done by the portal's own verbs."""
from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from demo import applicants, cards, offers, policy, staff
from demo.companies import Town
from domain import (
    business_travel,
    codes,
    messages,
    outbox,
    people,
    purchases,
    raise_requests,
    sales,
    tickets,
)
from domain.access import Actor, Role
from domain.authorisations import Authorisation
from domain.business_travel import Connection
from domain.codes import OneTimeCode
from domain.messages import Sms
from domain.months import Month, days_later, today
from domain.outbox import OutboxMessage
from domain.products import Area, Extent, Product, Trip
from domain.sales import Recipient
from domain.tickets import Ticket
from domain.travellers import Traveller

JONKOPING, COUNTY = Trip(Extent.ZONES_1, (181,)), Trip(Extent.COUNTY)


def play(session: Session, towns: list[Town], *, now: datetime) -> None:
    big, small, _ = towns
    applicants.apply(session, now=now)
    applicants.join(session, big, now=now)
    offers.play(session, big, now=now)
    _tickets(session, big, now=now)
    _codes(session, big, now=now)
    policy.decide(session, big, now=now)
    _refunds(session, big, now=now)
    _raises(session, big, now=now)
    cards.hand_out(session, big, now=now)
    staff.appoint(session, big, now=now)
    staff.end(session, big, now=now)
    business_travel.connect(session, small.newcomer, limit_ore=120_000, by=small.admin, now=now)


def _tickets(session: Session, town: Town, *, now: datetime) -> None:
    """For Amir some to use, for two visitors one each that did not arrive."""
    amir, department = town.travellers[0], town.departments[4]
    for product, trip, valid_from in (
            (Product.SINGLE, JONKOPING, None), (Product.FLEX_10_30, JONKOPING, None),
            (Product.DAY, Trip(Extent.BORDER, (), Area.VASTRA_GOTALAND),
             (now + timedelta(days=9)).date())):
        _send(session, product, trip, Recipient.registered(amir), town, department, valid_from,
              now=now)
    lost = _send(session, Product.DAY, COUNTY, Recipient("Ewa Kowalska", "+46701740699"), town,
                 department, None, now=now - timedelta(hours=2))
    refused = _send(session, Product.SINGLE, JONKOPING, Recipient("Piotr Lindberg", "+46701740697"),
                    town, department, None, now=now - timedelta(hours=1))
    sms = messages.about(session, [lost.id, refused.id])
    messages.refused(sms[lost.id], "not delivered")
    _give_up(session, sms[refused.id], now=now - timedelta(minutes=59))


def _give_up(session: Session, sms: Sms, *, now: datetime) -> None:
    """As a worker does when the provider says no."""
    said = "46elks refused: Sending to this number is not allowed"
    message = session.scalar(select(OutboxMessage).where(
        OutboxMessage.task == outbox.Task.SEND_SMS, OutboxMessage.put_at == sms.put_at))
    messages.refused(sms, said)
    message.attempts = 1
    outbox.give_up(message, said, now=now)


def _send(session: Session, product: Product, trip: Trip, to: Recipient, town: Town, department,
          valid_from: date | None, *, now: datetime) -> tickets.Ticket:
    return sales.send(session, product, trip, to=to, department=department,
                        valid_from=valid_from, by=town.admin, now=now)


def _codes(session: Session, town: Town, *, now: datetime) -> None:
    """One that is about to run out, one that has."""
    waiting = [each for each in town.travellers[10:] if not business_travel.of_traveller(
        session, each)][:2]
    for traveller, days in zip(waiting, (6, 9), strict=True):
        at = now - timedelta(days=days)
        connection = business_travel.connect(session, traveller, limit_ore=150_000, by=town.admin,
                                             now=at)
        code = codes.current(session, [connection.id])[connection.id]
        codes.issue(session, code.id, now=at)
        messages.sent(messages.about(session, [code.id])[code.id], now=at)
        session.execute(update(OneTimeCode).where(OneTimeCode.id == code.id)
                        .values(expires_at=days_later(at, 7)))


def _refunds(session: Session, town: Town, *, now: datetime) -> None:
    """Two who bought something the other week and did not use it."""
    month = Month.of(now)
    for start, end in ((month.start, now), (now - timedelta(days=25), month.start)):
        unused = session.scalar(
            select(Authorisation).join(Ticket, Ticket.id == Authorisation.ticket_id)
            .where(Ticket.company_id == town.company.id, Ticket.activated_at.is_(None),
                   Ticket.recalled_at.is_(None), Ticket.sold_at.between(start, end))
            .order_by(Ticket.sold_at.desc()).limit(1))
        if unused:
            traveller = session.get_one(Connection, unused.connection_id).traveller
            purchases.refund(session, unused, by=_traveller(session, traveller, now=now), now=now)


def _raises(session: Session, town: Town, *, now: datetime) -> None:
    """One who waits for a higher limit, and one who has got it."""
    theirs = town.travellers[2:]
    found = business_travel.connections(session, [each.id for each in theirs])
    able = [each for each in theirs if each.id in found and found[each.id].registered_at]
    for traveller, reason in zip(able, ("Två dagar hos kunden i Gränna.", "Utbildning i Kalmar."),
                                 strict=False):
        asked = raise_requests.ask(
            session, found[traveller.id], ore=30_000, until_on=today(now) + timedelta(days=6),
            reason=reason, by=_traveller(session, traveller, now=now),
            now=now - timedelta(hours=20))
    raise_requests.grant(session, asked, by=town.admin, now=now - timedelta(hours=2))


def _traveller(session: Session, traveller: Traveller, *, now: datetime) -> Actor:
    number = session.info["vault"].open(traveller.personnummer_sealed, "personnummer")
    person = people.meet(session, number, given_name=traveller.given_name,
                         surname=traveller.surname, email=traveller.email, now=now)
    return Actor(person_id=person.id, name=person.name,
                 personnummer_index=person.personnummer_index,
                 roles=frozenset({Role.TRAVELLER}))
