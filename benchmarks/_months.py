"""A county's companies with the travellers that they have and what these bought in a month that has
ended: made by the database itself, or it would take longer than what is measured."""
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import insert, literal, literal_column, select, text
from sqlalchemy.orm import Session
from stdnum import luhn

from domain import price_lists
from domain.companies import Company, InvoiceChannel
from domain.departments import Department
from domain.money import vat_of
from domain.months import Month
from domain.products import Extent, Product
from domain.services import Service
from domain.store import Store
from domain.tickets import Ticket
from domain.travellers import Traveller

PRICES = Path(__file__).parent.parent / "data" / "prices.csv"
IN_A_DEPARTMENT, AT_ONCE = 60, 10_000
UUIDS = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()"}
BOUGHT = [(Product.SINGLE, 4_200)] * 9 + [(Product.DAY, 8_400)] * 3 + [(Product.PERIOD_30, 84_000)]
"""By each traveller, in turns."""
SERVICES = [Service.BUSINESS_TRAVEL, Service.SEND_TICKET, Service.BUSINESS_TRAVEL]
PURPOSES = ["", "Kundbesök", "Utbildning"]
CHANNELS = [InvoiceChannel.PEPPOL, InvoiceChannel.EMAIL, InvoiceChannel.PAPER]


@dataclass(frozen=True)
class Size:
    companies: int
    travellers: int
    lines: int


def fill(store: Store, size: Size, month: Month) -> None:
    with store.session() as session, store.transaction(session):
        [prices] = price_lists.read(PRICES.read_text(encoding="utf-8").splitlines()).values()
        price_list = price_lists.add(session, "Prislista", month.first_day, prices, by=None,
                                     now=month.start)
        session.flush()
        _employ(session, size, now=month.start)
        _buy(session, size, price_list.id, month)
    if store.engine.dialect.name == "postgresql":  # as it does by itself within a minute
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _employ(session: Session, size: Size, *, now: datetime) -> None:
    """The largest company has a tenth of all, and the smallest a handful."""
    rows = _travellers(session, size, now=now)
    while some := list(islice(rows, AT_ONCE)):
        session.execute(insert(Traveller), some)


def _travellers(session: Session, size: Size, *, now: datetime) -> Iterator[dict]:
    place = 0
    for number, many in enumerate(_sizes(size)):
        company_id = _company(session, number, now=now)
        rooms = _rooms(session, company_id, 1 + many // IN_A_DEPARTMENT, now=now)
        for each in range(many):
            yield {"id": uuid4(), "company_id": company_id,
                   "department_id": rooms[each % len(rooms)],
                   "personnummer_masked": "19700101-••••", "given_name": "Rut",
                   "surname": f"Resenär {place}", "sort_name": f"resenär {place} rut",
                   "mobile": f"+4670{place:07}", "employee_number": f"{place:07}",
                   "registered_at": now}
            place += 1


def _sizes(size: Size) -> list[int]:
    weights = [1 / (number + 2) for number in range(size.companies)]
    whole = sum(weights)
    sizes = [max(1, round(size.travellers * weight / whole)) for weight in weights]
    sizes[0] += size.travellers - sum(sizes)
    return sizes


def _company(session: Session, number: int, *, now: datetime) -> UUID:
    digits = f"556{number:06}"
    company_id = uuid4()
    session.execute(insert(Company), [{
        "id": company_id, "name": f"Bolaget {number} AB",
        "organisation_number": f"{digits}{luhn.calc_check_digit(digits)}", "street": "Storgatan 1",
        "postcode": "553 20", "city": "Jönköping", "invoice_email": "faktura@bolaget.example",
        "peppol_id": f"0007:{digits}{luhn.calc_check_digit(digits)}",
        "invoice_channel": CHANNELS[number % len(CHANNELS)], "approved_at": now}])
    return company_id


def _rooms(session: Session, company_id: UUID, many: int, *, now: datetime) -> list[UUID]:
    rooms = [uuid4() for _ in range(many)]
    session.execute(insert(Department), [
        {"id": id, "company_id": company_id, "name": f"Avdelning {place}",
         "name_key": f"avdelning {place}", "reference_number": f"{1000 + place}",
         "created_at": now} for place, id in enumerate(rooms)])
    return rooms


def _buy(session: Session, size: Size, price_list_id: UUID, month: Month) -> None:
    """Each traveller as often as the next, and some once more."""
    times, rest = divmod(size.lines, size.travellers)
    ticket, database = Ticket.__table__.c, session.get_bind().dialect.name
    for place in range(times + bool(rest)):
        product, price = BOUGHT[place % len(BOUGHT)]
        at = month.start + timedelta(days=1 + 2 * place % 28, hours=8)
        same = {
            ticket.service: SERVICES[place % len(SERVICES)], ticket.cost_centre: "",
            ticket.note: "", ticket.purpose: PURPOSES[place % len(PURPOSES)],
            ticket.language: "sv", ticket.product: product, ticket.extent: Extent.ZONES_1,
            ticket.zones: "181", ticket.price_ore: price, ticket.vat_ore: vat_of(price, 600),
            ticket.vat_basis_points: 600, ticket.price_list_id: price_list_id,
            ticket.sold_at: at, ticket.trial: False, ticket.activate_by: at + timedelta(days=365),
            ticket.days_used: 0, ticket.version: 1, ticket.counted: 1}
        those = Traveller.employee_number < f"{rest:07}" if place == times else True
        session.execute(insert(Ticket.__table__).from_select(
            ["id", "number", "company_id", "department_id", "department_name", "reference_number",
             "traveller_id", "holder", "mobile", *(column.name for column in same)],
            select(literal_column(UUIDS[database]),
                   Traveller.employee_number + literal(f"-{place:02}"), Traveller.company_id,
                   Department.id, Department.name, Department.reference_number, Traveller.id,
                   Traveller.given_name + " " + Traveller.surname, Traveller.mobile,
                   *(literal(value, column.type) for column, value in same.items()))
            .join(Department, Department.id == Traveller.department_id).where(those)))
