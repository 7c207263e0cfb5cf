"""What would happen if applications were granted: what each costs, why one cannot be, and what
there is to look at first in one that can."""
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from hashlib import sha256
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from domain import (
    assortment,
    card_tickets,
    companies,
    offers,
    price_lists,
    sales,
    travel_cards,
    travellers,
    trial_limits,
)
from domain.access import Actor
from domain.companies import Company
from domain.errors import Conflict, DomainError, Invalid, NotAllowed
from domain.money import equal_parts
from domain.months import Month, today
from domain.offer_doubts import Doubt, Doubts
from domain.offers import OfferApplication
from domain.price_lists import Price
from domain.products import Trip
from domain.rules import rules
from domain.services import Service
from domain.travellers import Traveller


@dataclass(frozen=True)
class Case:
    application: OfferApplication
    starts_on: date
    """Today, when the day that was asked for has passed."""
    price: Price | None = None
    refusal: DomainError | None = None
    """Why it cannot be granted now, by the one who asks."""
    doubts: tuple[Doubt, ...] = ()

    @property
    def wants_two(self) -> bool:
        above = self.application.offer.second_eyes_above_ore
        return above is not None and self.application.price_ore > above

    @property
    def is_first_yes(self) -> bool:
        """Whether somebody else has to say yes too, after this."""
        return self.wants_two and self.application.first_yes_at is None

    @cached_property
    def parts(self) -> list[tuple[Month, int]]:
        """What the salary pays each month, in öre; the first may be a little more."""
        months, month = [], Month.on(self.starts_on)
        for part in equal_parts(self.application.employee_ore, self.application.months):
            months.append((month, part))
            month = month.next
        return months


@dataclass(frozen=True)
class Plan:
    clear: Sequence[Case]
    doubtful: Sequence[Case]
    """Granted only when each is ticked."""
    left_out: Sequence[Case]
    more: bool = False
    """Whether others are chosen too, for another time."""

    @property
    def mark(self) -> str:
        """The same as long as the same would be granted, at the same prices, from the same days."""
        said = ";".join(sorted(
            f"{each.application.id} {each.application.employee_ore} {each.application.months} "
            f"{each.starts_on} {each.is_first_yes} {','.join(each.doubts)}"
            for each in (*self.clear, *self.doubtful)))
        return sha256(said.encode()).hexdigest()[:32]

    def taken(self, also: Collection[UUID]) -> list[Case]:
        """Those that nothing speaks against, and the ticked ones."""
        return [*self.clear, *(each for each in self.doubtful if each.application.id in also)]


@dataclass(frozen=True)
class Sums:
    """Of some cases."""

    price_ore: int
    employer_ore: int
    months: Sequence[tuple[Month, int]]
    """What the salaries pay in each, the first one first."""
    first_yes: int
    """How many somebody else has to say yes to."""


def sums(cases: Collection[Case]) -> Sums:
    months: dict[Month, int] = defaultdict(int)
    for case in cases:
        for month, part in case.parts:
            months[month] += part
    return Sums(sum(case.application.price_ore for case in cases),
                sum(case.application.employer_ore for case in cases), sorted(months.items()),
                sum(case.is_first_yes for case in cases))


def plan(session: Session, chosen: Select[tuple[UUID]], *, by: Actor, now: datetime,
         hold: bool = False) -> Plan:
    """`chosen` selects the ids of applications, of which as many as may be are granted at once.
    With `hold` nobody else decides them meanwhile."""
    most = rules(session).offers_at_once_max
    found = cases(session, OfferApplication.id.in_(chosen), by=by, now=now, hold=hold,
                  most=most + 1)
    each = _alike_on_cards(found[:most])
    good = [case for case in each if case.refusal is None]
    return Plan([case for case in good if not case.doubts], [case for case in good if case.doubts],
                [case for case in each if case.refusal], more=len(found) > most)


def _alike_on_cards(cases: Iterable[Case]) -> list[Case]:
    """The first that wants a card has it; who wants it for another kind of ticket waits."""
    kinds: dict[UUID, tuple] = {}
    made = []
    for case in cases:
        card_id, kind = case.application.card_id, _kind(case.application)
        if card_id and not case.refusal and kinds.setdefault(card_id, kind) != kind:
            case = replace(case, refusal=card_tickets.other_kind())
        made.append(case)
    return made


def cases(session: Session, *wanted, by: Actor | None, now: datetime,
          hold: bool = False, most: int | None = None) -> list[Case]:
    """The first to be decided first. `by` is None when it is a rule that grants."""
    statement = (
        select(OfferApplication).join(OfferApplication.traveller).join(Traveller.department)
        .join(OfferApplication.offer).where(*wanted)
        .options(contains_eager(OfferApplication.traveller).contains_eager(Traveller.department),
                 contains_eager(OfferApplication.offer), joinedload(OfferApplication.card))
        .order_by(OfferApplication.decide_by, OfferApplication.applied_at, OfferApplication.id)
        .limit(most))
    if hold:
        _hold(session, wanted)
        statement = statement.execution_options(populate_existing=True)
    return of_applications(session, session.scalars(statement).all(), by=by, now=now)


def _hold(session: Session, wanted: Iterable) -> None:
    """They are held in one order, so that two who decide the same do not wait for each other; and
    so are the cards that their tickets would be put on."""
    held = session.execute(
        select(OfferApplication.id, OfferApplication.card_id).join(OfferApplication.traveller)
        .where(*wanted).order_by(OfferApplication.id).with_for_update(of=OfferApplication))
    if cards := {card_id for _id, card_id in held if card_id}:
        travel_cards.hold(session, *cards)


def of_applications(session: Session, applications: Sequence[OfferApplication], *,
                    by: Actor | None, now: datetime) -> list[Case]:
    """Each as it stands, in their order, at the same number of questions however many."""
    employers = {company_id: companies.find(session, company_id)
                 for company_id in {each.company_id for each in applications}}
    priced = price_lists.pricing(session, now=now)
    on_cards = _on_cards(session, applications, now=now)
    doubts = Doubts(session, applications, now=now)
    made = []
    for application in applications:
        case = Case(application, max(application.starts_on, today(now)))
        try:
            _check(session, case, employers[application.company_id], by=by, now=now)
            _check_way(application, on_cards)
            sales.check_start(session, case.starts_on, "starts_on", now=now)
            price = priced(application.product, application.trip)
            _check_price(application, price)
        except DomainError as refusal:
            made.append(Case(application, case.starts_on, refusal=refusal))
        else:
            made.append(Case(application, case.starts_on, price, doubts=doubts.of(case)))
    return made


def _check(session: Session, case: Case, employer: Company, *, by: Actor | None,
           now: datetime) -> None:
    application, traveller = case.application, case.application.traveller
    if by and application.is_own(by):
        raise NotAllowed("Du kan inte avgöra din egen ansökan. Be en annan administratör.")
    if not application.is_open:
        raise Conflict("Ansökan är redan avgjord.")
    if application.consent is None:
        raise Conflict("%(name)s har inte godkänt löneavdraget än.", name=traveller.name)
    if by and case.wants_two and said_first(application, by):
        raise NotAllowed("Du har redan sagt ja. Någon annan behöver säga ja också.")
    companies.check_buys(employer, now=now)
    if employer.on_trial:
        trial_limits.check_left(session, employer.id)
    travellers.check_employed(traveller)
    assortment.check(session, Service.STAFF_OFFER, application.product,
                     department=traveller.department, traveller=traveller, field="traveller")


def said_first(application: OfferApplication, by: Actor) -> bool:
    """Whoever said the first yes says not the second too, nor does who stands in for them."""
    principal = by.on_behalf_of
    return application.first_yes_by_id is not None and application.first_yes_by_id in (
        by.person_id, principal and principal.person_id)


def _check_way(application: OfferApplication, on_cards: dict[UUID, Invalid]) -> None:
    """To a card, or to the phone."""
    if application.card_id:
        if refusal := on_cards.get(application.card_id):
            raise refusal
        offers.check_card(application.traveller, application.card)
    elif not application.traveller.mobile:
        raise Invalid("Resenären har inget mobilnummer. Lägg till det först.", "traveller")


def _check_price(application: OfferApplication, price: Price) -> None:
    if price.price_ore != application.price_ore:
        raise Conflict("Priset har ändrats sedan ansökan. Avslå den och be resenären ansöka igen.")


def _kind(application: OfferApplication) -> tuple:
    """Unused tickets on a card are all of one."""
    return application.product, application.trip.key


def _on_cards(session: Session, applications: Iterable[OfferApplication], *,
              now: datetime) -> dict[UUID, Invalid]:
    """The cards that their tickets may not be put on, and why."""
    alike: dict[tuple, list[UUID]] = defaultdict(list)
    trips: dict[tuple, Trip] = {}
    for each in applications:
        if each.card_id and each.is_open:
            kind = _kind(each)
            alike[kind].append(each.card_id)
            trips[kind] = each.trip
    found: dict[UUID, Invalid] = {}
    for kind, card_ids in alike.items():
        found |= card_tickets.refused(session, card_ids, kind[0], trips[kind], now=now)
    return found
