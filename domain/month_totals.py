"""What each month came to over all companies, per service and VAT rate: kept as each company's is
closed."""
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, func, insert, literal, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.months import Month
from domain.services import Service
from domain.specification_lines import SALE, SpecificationLine
from domain.store import Base


class MonthTotal(Base):
    """Of one company's report."""

    __tablename__ = "month_totals"

    month_on: Mapped[date] = mapped_column(primary_key=True)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("monthly_reports.id"), primary_key=True)
    service: Mapped[Service] = mapped_column(primary_key=True)
    vat_basis_points: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tickets: Mapped[int]
    gross_ore: Mapped[int]
    vat_ore: Mapped[int]


@dataclass(frozen=True)
class Total:
    service: Service
    vat_basis_points: int
    tickets: int
    gross_ore: int
    vat_ore: int

    @property
    def net_ore(self) -> int:
        return self.gross_ore - self.vat_ore


def keep(session: Session, report_id: UUID, month: Month) -> list[MonthTotal]:
    """From the report's lines, once they are written."""
    line = SpecificationLine
    group = (line.service, line.vat_basis_points)
    session.execute(insert(MonthTotal).from_select(
        ["month_on", "report_id", "service", "vat_basis_points", "tickets", "gross_ore",
         "vat_ore"],
        select(literal(month.first_day), literal(report_id, line.report_id.type), *group,
               func.count().filter(line.entry == SALE), func.sum(line.price_ore),
               func.sum(line.vat_ore))
        .where(line.report_id == report_id).group_by(*group)))
    return list(session.scalars(select(MonthTotal).where(MonthTotal.report_id == report_id)))


def of_month(session: Session, month: Month) -> list[Total]:
    """Over all companies."""
    group = (MonthTotal.service, MonthTotal.vat_basis_points)
    rows = session.execute(
        select(*group, func.sum(MonthTotal.tickets), func.sum(MonthTotal.gross_ore),
               func.sum(MonthTotal.vat_ore))
        .where(MonthTotal.month_on == month.first_day).group_by(*group))
    services = list(Service)
    return sorted((Total(service, rate, int(count), int(gross), int(vat))
                   for service, rate, count, gross, vat in rows),
                  key=lambda each: (services.index(each.service), each.vat_basis_points))
