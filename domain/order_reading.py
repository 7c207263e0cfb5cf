"""Reading one recipient at a time: what they may be sent, who pays, or why nothing can be sent."""
from dataclasses import dataclass, replace
from functools import cached_property

from sqlalchemy.orm import Session

from domain import assortment, card_tickets, departments, travel_cards
from domain.departments import Department
from domain.errors import Invalid
from domain.identity import parse_mobile
from domain.order_recipients import Found
from domain.services import Service
from domain.texts import unjoined
from domain.ticket_orders import TicketOrder
from domain.travellers import Traveller

LONGEST_NAME = 100
LANGUAGES = {"": None, "sv": "sv", "svenska": "sv", "swedish": "sv", "en": "en", "engelska": "en",
             "english": "en"}


@dataclass(frozen=True)
class Line:
    """A visitor as somebody wrote them."""

    number: int
    name: str
    mobile: str
    language: str = ""


class Reading:
    """What the recipients of one order may be sent, and who pays for each."""

    def __init__(self, session: Session, order: TicketOrder):
        self._session, self._order, self.scope = session, order, order.scope
        self._departments = {each.id: each for each in departments.of_company(
            session, within=order.scope)}
        self._refusals: dict[tuple, Invalid | None] = {}
        if order.department_id and order.department_id not in self._departments:
            raise Invalid("Välj en avdelning som betalar.", "department")

    @cached_property
    def _host(self) -> Department:
        """Who pays for whom nobody else does: the first that may."""
        first = next(iter(self._departments.values()))
        return self._payer or next(
            (each for each in self._departments.values() if Service.SEND_TICKET
             in assortment.of_department(self._session, each).services), first)

    @property
    def _payer(self) -> Department | None:
        return self._departments.get(self._order.department_id)

    def check_host(self) -> None:
        """Raises Invalid when the one who pays for them may not."""
        assortment.check(self._session, Service.SEND_TICKET, self._order.product,
                         department=self._host, field="department")

    def traveller(self, number: int, traveller: Traveller, language: str | None) -> Found:
        payer = self._payer or traveller.department
        found = Found(number, traveller.name, payer.id, traveller.mobile or "",
                      traveller_id=traveller.id, language=language or "sv")
        if traveller.ended_at:
            return replace(found, problem=Invalid("Resenären är avslutad.", "traveller"))
        if not traveller.mobile:
            return replace(found, typed="", problem=Invalid(
                "Resenären har inget mobilnummer. Lägg till det först.", "traveller"))
        return replace(found, problem=self._refusal(traveller.department, traveller))

    def visitor(self, line: Line) -> Found:
        name = " ".join(line.name.split())
        found = Found(line.number, _kept(name), self._host.id,
                      language=LANGUAGES.get(line.language.strip().casefold()) or "sv")
        try:
            mobile = parse_visitor(name, line.mobile, line.language)
        except Invalid as refusal:
            return replace(found, typed=_kept(line.mobile), problem=refusal)
        return replace(found, mobile=mobile, problem=self._refusal(self._host))

    def cards(self, numbers: list[str]) -> dict[str, travel_cards.TravelCard | Invalid]:
        """By what was typed: the card, or why it cannot be sent to."""
        order = self._order
        return card_tickets.find_each_for_sending(
            self._session, numbers, order.product, order.trip, within=self.scope,
            now=order.made_at)

    def card(self, number: int, typed: str, card: travel_cards.TravelCard | Invalid) -> Found:
        if isinstance(card, Invalid):
            return Found(number, "", self._host.id, typed=_kept(typed), problem=card)
        payer = self._payer or self._departments.get(card.department_id) or self._host
        return Found(number, card.called[:LONGEST_NAME], payer.id, card_id=card.id,
                     traveller_id=card.traveller_id, problem=self._refusal(payer))

    def _refusal(self, department: Department, traveller: Traveller | None = None
                 ) -> Invalid | None:
        """Why they may not have the product. Those who may use the same are asked for once."""
        services = traveller.services if traveller else None
        key = (department.id, None if services is None else tuple(services))
        if key not in self._refusals or self._refusals[key]:
            self._refusals[key] = self._asked(department, traveller)
        return self._refusals[key]

    def _asked(self, department: Department, traveller: Traveller | None) -> Invalid | None:
        try:
            assortment.check(self._session, Service.SEND_TICKET, self._order.product,
                             department=department, traveller=traveller, field="traveller")
        except Invalid as refusal:
            return refusal
        return None


def _kept(text: str) -> str:
    """What was typed, as far as it can be shown again."""
    return "".join(each for each in text[:LONGEST_NAME] if unjoined(each).isprintable())


def parse_visitor(name: str, mobile: str, language: str = "") -> str:
    """The mobile of a visitor that can be written to."""
    if not unjoined(name):
        raise Invalid("Namnet saknas.", "name")
    if len(name) > LONGEST_NAME or not unjoined(name).isprintable():
        raise Invalid("Namnet är för långt eller har tecken som inte går att spara.", "name")
    if LANGUAGES.get(language.strip().casefold(), "?") == "?":
        raise Invalid("Språket är svenska eller engelska.", "language")
    return parse_mobile(mobile)
