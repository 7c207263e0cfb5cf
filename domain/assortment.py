"""What a traveller may use: of the services that the company uses, those that the department
allows, and of them those that the traveller is given; of the products, those of the department."""
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from domain import audit, travellers
from domain.access import Actor
from domain.companies import Company
from domain.departments import Department
from domain.errors import Invalid
from domain.products import COMPANY_PRODUCTS, NAMES, Product
from domain.services import SERVICE_NAMES, Service
from domain.texts import Term
from domain.travellers import Traveller


@dataclass(frozen=True)
class Assortment:
    """Both in the order that they are always shown in."""

    services: tuple[Service, ...]
    products: tuple[Product, ...]


def given(company: Company, department: Department,
          own: Collection[Service] | None = None) -> Assortment:
    """`own` is what the traveller is given. None, there or with the department, is all."""
    lists = [company.services, department.services, own]
    return Assortment(
        tuple(each for each in Service if all(some is None or each in some for some in lists)),
        tuple(each for each in COMPANY_PRODUCTS
              if department.products is None or each in department.products))


def of_department(session: Session, department: Department) -> Assortment:
    return given(_company(session, department), department)


def of_traveller(session: Session, traveller: Traveller) -> Assortment:
    return given(_company(session, traveller.department), traveller.department, traveller.services)


def check(session: Session, service: Service, product: Product | None = None, *,
          department: Department, traveller: Traveller | None = None,
          field: str | None = None) -> None:
    """Refuse what may not be used. `department` pays, but a traveller's own is what decides;
    `field` is where a refusal of the service belongs, "product" that of a product."""
    department = traveller.department if traveller else department
    company, term = _company(session, department), Term(SERVICE_NAMES[service])
    allowed = given(company, department)
    if service not in company.services:
        raise Invalid("Företaget använder inte tjänsten %(service)s.", field, service=term)
    if service not in allowed.services:
        raise Invalid("Avdelningen %(department)s får inte använda tjänsten %(service)s.", field,
                      department=department.name, service=term)
    if traveller and service not in given(company, department, traveller.services).services:
        raise Invalid("%(traveller)s får inte använda tjänsten %(service)s.", field,
                      traveller=traveller.name, service=term)
    if product and product not in allowed.products:
        raise Invalid("%(product)s ingår inte i det som avdelningen %(department)s får använda.",
                      "product", product=Term(NAMES[product]), department=department.name)


def choose(session: Session, traveller: Traveller, services: Collection[Service] | None, *,
           by: Actor, now: datetime) -> None:
    """What the traveller may use from now on; all that the department allows when that is None, or
    all of it. Nothing that is bought, sent or connected already is undone."""
    travellers.check_employed(traveller)
    allowed = of_department(session, traveller.department).services
    if services is not None and set(services) >= set(allowed):
        services = None
    chosen = None if services is None else [each for each in allowed if each in services]
    if chosen == traveller.services:
        return
    traveller.services = chosen
    audit.record(session, audit.Act.TRAVELLER_SERVICES_CHOSEN, traveller.id,
                 company_id=traveller.company_id, department_id=traveller.department_id, by=by,
                 now=now, traveller=traveller.name)


def _company(session: Session, department: Department) -> Company:
    return session.get_one(Company, department.company_id)
