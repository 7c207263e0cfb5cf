"""What a company may that only tries the portal: so many tickets, and messages to nobody but the
one who tries. There is a row for as long as the trial lasts."""
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, select, true, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from domain.errors import Conflict, Invalid
from domain.rules import rules
from domain.store import FIRST, Base


class Trial(Base):
    __tablename__ = "trials"

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id"), primary_key=True)
    application_id: Mapped[UUID] = mapped_column(ForeignKey("company_applications.id"), unique=True)
    email: Mapped[str]
    mobile: Mapped[str]
    """The applicant's own: here comes whatever the company sends to anybody."""
    tickets: Mapped[int] = mapped_column(default=0)
    texts: Mapped[int] = mapped_column(default=0)
    """Text messages, also those that were too many to be sent."""
    keeps: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether its departments, travellers and settings stay when the application is approved."""
    begun_at: Mapped[datetime] = mapped_column(index=True)


def of_company(session: Session, company_id: UUID) -> Trial | None:
    return session.get(Trial, company_id)


def of_application(session: Session, application_id: UUID) -> Trial | None:
    """Sales that are under way are waited for, and later ones wait."""
    return session.scalar(select(Trial).where(Trial.application_id == application_id)
                          .with_for_update().execution_options(populate_existing=True))


def readdress(session: Session, application_id: UUID, email: str) -> None:
    """The applicant's address was wrong."""
    session.execute(update(Trial).where(Trial.application_id == application_id)
                    .values(email=email))


def left(session: Session, trial: Trial) -> int:
    return max(0, rules(session).trial_tickets_max - trial.tickets)


def take_ticket(session: Session, company_id: UUID) -> bool:
    """Whether a ticket that the company buys now is for trial; it is counted if so."""
    return take_tickets(session, company_id, 1)


def take_tickets(session: Session, company_id: UUID, count: int) -> bool:
    """The same of some that are bought together: all of them, or none. One conditional UPDATE does
    it, so that no two sales pass the limit together."""
    if of_company(session, company_id) is None:
        return False
    most = rules(session).trial_tickets_max
    taken = session.execute(
        update(Trial).where(Trial.company_id == company_id, Trial.tickets + count <= most)
        .values(tickets=Trial.tickets + count).returning(Trial.tickets)
        .execution_options(synchronize_session=False)).scalar()
    if taken is not None:
        return True
    sent = session.scalar(select(Trial.tickets).where(Trial.company_id == company_id))
    if sent is None:
        raise Conflict(FIRST)  # the application was decided meanwhile
    if sent < most:
        raise Invalid("Av provbiljetterna är %(left)s kvar. Skicka färre, eller vänta tills "
                      "ansökan är godkänd.", left=most - sent)
    raise _all_sent(most)


def check_left(session: Session, company_id: UUID) -> None:
    """Refuse beforehand what a company has no ticket left to try with."""
    trial = of_company(session, company_id)
    if trial and not left(session, trial):
        raise _all_sent(rules(session).trial_tickets_max)


def _all_sent(most: int) -> Invalid:
    return Invalid("Alla %(most)s provbiljetter är skickade. Ni kan skicka riktiga biljetter när "
                   "ansökan är godkänd.", most=most)


def take_texts(session: Session, trial: Trial, count: int) -> int:
    """How many of so many text messages may be sent."""
    total = session.execute(
        update(Trial).where(Trial.company_id == trial.company_id)
        .values(texts=Trial.texts + count).returning(Trial.texts)
        .execution_options(synchronize_session=False)).scalar() or count
    return max(0, min(count, rules(session).trial_texts_max - (total - count)))
