"""Who pays for what a traveller buys: the employers that have connected them to Tjänsteresor."""
from dataclasses import dataclass
from functools import cached_property

from blueprints.web import actor, db, now
from domain import assortment, business_travel, standings
from domain.assortment import Assortment
from domain.business_travel import Connection
from domain.companies import Company
from domain.services import Service
from domain.standings import Standing, State


@dataclass(frozen=True)
class Payer:
    """An employer that has connected the traveller."""

    company: Company
    connection: Connection
    allowed: Assortment

    @cached_property
    def standing(self) -> Standing:
        """Asked for where it is shown: whoever buys needs none of it."""
        [standing] = standings.of_connections(db, [self.connection], now=now())
        return standing

    @property
    def is_registered(self) -> bool:
        return bool(self.connection.registered_at) and not self.connection.paused_at

    @property
    def state(self) -> State:
        return self.standing.state(now())

    @property
    def may_buy(self) -> bool:
        return Service.BUSINESS_TRAVEL in self.allowed.services


def payers() -> list[Payer]:
    """Those of the traveller who is signed in, the oldest employment first."""
    return [Payer(each.company, each, assortment.given(each.company, each.traveller.department,
                                                       each.traveller.services))
            for each in business_travel.of_person(db, actor().personnummer_index)]
