"""Who pays for what a traveller buys: the employers that have connected them to Tjänsteresor."""
from dataclasses import dataclass

from blueprints.web import actor, db, now
from domain import assortment, employments, standings
from domain.assortment import Assortment
from domain.business_travel import Connection
from domain.companies import Company
from domain.services import Service
from domain.standings import Standing, State


@dataclass(frozen=True)
class Payer:
    """An employer that has connected the traveller."""

    company: Company
    standing: Standing
    allowed: Assortment

    @property
    def connection(self) -> Connection:
        return self.standing.connection

    @property
    def state(self) -> State:
        return self.standing.state(now())

    @property
    def may_buy(self) -> bool:
        return Service.BUSINESS_TRAVEL in self.allowed.services


def payers() -> list[Payer]:
    """Those of the traveller who is signed in, the oldest employment first."""
    mine = employments.of_actor(db, actor())
    standing_of = standings.of_travellers(db, [each.traveller.id for each in mine],
                                                now=now())
    return [Payer(each.company, standing_of[each.traveller.id],
                  assortment.given(each.company, each.traveller.department,
                                   each.traveller.services))
            for each in mine if each.traveller.id in standing_of]
