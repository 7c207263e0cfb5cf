"""Who employs the person that is signed in: the same person may travel for several companies."""
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload

from domain.access import Actor
from domain.companies import Company
from domain.travellers import Traveller


@dataclass(frozen=True)
class Employment:
    company: Company
    traveller: Traveller
    """The person as this company knows them."""


def of_actor(session: Session, actor: Actor) -> list[Employment]:
    """The oldest first."""
    return [Employment(company, traveller) for company, traveller in session.execute(
        _OF, {"personnummer_index": actor.personnummer_index})]


_OF = (
    select(Company, Traveller).join(Traveller, Traveller.company_id == Company.id)
    .options(joinedload(Traveller.department))
    .where(Traveller.personnummer_index == bindparam("personnummer_index"),
           Traveller.ended_at.is_(None))
    .order_by(Traveller.registered_at, Traveller.id))
