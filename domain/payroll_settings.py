"""How a company's payroll program wants its file."""
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, String, TypeDecorator
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain import audit
from domain.access import Actor
from domain.companies import Deduction
from domain.errors import Conflict, Invalid
from domain.store import Base


class Format(StrEnum):
    PAXML_20 = "paxml_20"
    PAXML_22 = "paxml_22"
    CSV = "csv"
    XLSX = "xlsx"


class Sign(StrEnum):
    """How an amount that is taken from the salary is written."""

    MINUS = "minus"
    PLUS = "plus"


class Identity(StrEnum):
    """By what the program knows an employee."""

    EMPLOYEE_NUMBER = "employee_number"
    PERSONNUMMER = "personnummer"


class Cell(StrEnum):
    """What a column of a CSV may hold."""

    EMPLOYEE = "employee"
    """What `Identity` says."""
    EMPLOYEE_NUMBER = "employee_number"
    PERSONNUMMER = "personnummer"
    NAME = "name"
    CODE = "code"
    TEXT = "text"
    DATE = "date"
    MONTH = "month"
    QUANTITY = "quantity"
    UNIT_PRICE = "unit_price"
    AMOUNT = "amount"
    COST_CENTRE = "cost_centre"
    EMPLOYER = "employer"
    """The legal employer's organisation number."""


class Separator(StrEnum):
    SEMICOLON = "semicolon"
    COMMA = "comma"
    TAB = "tab"


class Decimal(StrEnum):
    COMMA = "comma"
    POINT = "point"


class Encoding(StrEnum):
    UTF_8_BOM = "utf_8_bom"
    UTF_8 = "utf_8"
    WINDOWS = "windows"


class Days(StrEnum):
    """How a date is written."""

    DASHED = "dashed"
    PLAIN = "plain"


class Cells(TypeDecorator):
    """A row of cells in the order of their columns, kept as their words."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Iterable[Cell] | None, dialect):
        return None if value is None else " ".join(value)

    def process_result_value(self, value: str | None, dialect):
        return None if value is None else tuple(map(Cell, value.split()))


USUAL = (Cell.EMPLOYEE, Cell.CODE, Cell.DATE, Cell.QUANTITY, Cell.AMOUNT)
MOST_CELLS = 10


@dataclass(frozen=True)
class Details:
    """What is decided about the file. As it is until somebody has said anything: PAXml, for most
    programs read it."""

    format: Format = Format.PAXML_20
    identity: Identity = Identity.EMPLOYEE_NUMBER
    net_code: str | None = "71000"
    gross_code: str | None = None
    """The wage codes of what is deducted after and before tax."""
    benefit_code: str | None = None
    """Of the benefit's value; None: the file does not have it."""
    sign: Sign = Sign.MINUS
    cost_centres: bool = False
    """Whether each row of a PAXml has its department's."""
    cells: tuple[Cell, ...] = USUAL
    header: bool = True
    separator: Separator = Separator.SEMICOLON
    decimal: Decimal = Decimal.COMMA
    encoding: Encoding = Encoding.UTF_8_BOM
    days: Days = Days.DASHED

    def code(self, deduction: Deduction) -> str | None:
        return self.net_code if deduction == Deduction.NET else self.gross_code

    def check_codes(self, deductions: Iterable[Deduction]) -> None:
        """Whether each has the wage code that a payroll program asks for."""
        if Deduction.GROSS in deductions and not self.gross_code:
            raise Conflict("Ange löneart för bruttolöneavdrag i lönefilens inställningar först.")
        if Deduction.NET in deductions and not self.net_code:
            raise Conflict("Ange löneart för nettolöneavdrag i lönefilens inställningar först.")

    @property
    def tells_personnummer(self) -> bool:
        return self.identity == Identity.PERSONNUMMER or (
            self.format == Format.CSV and Cell.PERSONNUMMER in self.cells)

    @property
    def tells_cost_centre(self) -> bool:
        return self.cost_centres if self.format != Format.CSV else Cell.COST_CENTRE in self.cells


class PayrollSettings(Base):
    __tablename__ = "payroll_settings"

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"), primary_key=True)
    format: Mapped[Format]
    identity: Mapped[Identity]
    net_code: Mapped[str | None]
    gross_code: Mapped[str | None]
    benefit_code: Mapped[str | None]
    sign: Mapped[Sign]
    cost_centres: Mapped[bool]
    cells: Mapped[tuple[Cell, ...]] = mapped_column(Cells)
    header: Mapped[bool]
    separator: Mapped[Separator]
    decimal: Mapped[Decimal]
    encoding: Mapped[Encoding]
    days: Mapped[Days]


NAMES = tuple(field.name for field in fields(Details))


def of_company(session: Session, company_id: UUID) -> Details:
    row = session.get(PayrollSettings, company_id)
    return Details(**{name: getattr(row, name) for name in NAMES}) if row else Details()


def change(session: Session, company_id: UUID, details: Details, *, by: Actor,
           now: datetime) -> None:
    """Holds for every file that is fetched from now on, also of months that have been."""
    if not details.cells:
        raise Invalid("Välj minst en kolumn.", "cell_1")
    row = session.get(PayrollSettings, company_id)
    if row is None:
        row = PayrollSettings(company_id=company_id)
        session.add(row)
    for name in NAMES:
        setattr(row, name, getattr(details, name))
    audit.record(session, audit.Act.PAYROLL_SETTINGS_CHANGED, company_id, company_id=company_id,
                 by=by, now=now)
