"""The numbers of invoices and credit notes: one series without gaps."""
from sqlalchemy import bindparam, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.rules import rules
from domain.store import Base, insert_missing

OURS = "invoices"


class InvoiceSeries(Base):
    """Whoever takes a number holds the row until the commit, and a number whose transaction is
    undone is the next one's: so it is taken last."""

    __tablename__ = "invoice_series"

    name: Mapped[str] = mapped_column(primary_key=True)
    last_number: Mapped[int]


def take(session: Session, many: int) -> range:
    """The next so many, one after another."""
    if not many:
        return range(0)
    last = session.scalar(_TAKE, {"many": many})
    if last is None:
        insert_missing(session, InvoiceSeries, name=OURS,
                       last_number=rules(session).invoice_first_number - 1)
        last = session.scalar(_TAKE, {"many": many})
    return range(last - many + 1, last + 1)


_TAKE = (update(InvoiceSeries.__table__).where(InvoiceSeries.__table__.c.name == OURS)
         .values(last_number=InvoiceSeries.__table__.c.last_number + bindparam("many"))
         .returning(InvoiceSeries.__table__.c.last_number))
