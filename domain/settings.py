"""What a company decides about itself. Its name and number are for the authority to change, and
how it is invoiced is in `invoicing_settings`."""
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy.orm import Session

from domain import audit
from domain.access import Actor
from domain.companies import Company, Deduction
from domain.errors import Invalid
from domain.services import Service


@dataclass(frozen=True)
class Settings:
    """Each already parsed."""

    street: str
    postcode: str
    city: str
    deduction: Deduction
    services: tuple[Service, ...]


NAMES = tuple(field.name for field in fields(Settings))


def change(session: Session, company: Company, settings: Settings, *, by: Actor,
           now: datetime) -> None:
    _check(settings)
    changed = [name for name in NAMES
               if _plain(getattr(company, name)) != _plain(getattr(settings, name))]
    for name in changed:
        setattr(company, name, getattr(settings, name))
    if changed:
        audit.record(session, audit.Act.COMPANY_CHANGED, company.id, company_id=company.id, by=by,
                     now=now, changed=", ".join(changed))


def _check(settings: Settings) -> None:
    if not settings.services:
        raise Invalid("Välj minst en tjänst.", "services")


def _plain(value):
    return set(value) if isinstance(value, (list, tuple)) else value
