"""Proving from the command line the ledgers of limits and of purses, and what is kept of what has
been bought."""
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app import open_store, outside
from config import Config
from domain import invoice_payments, ledger, purses, statistic_checks
from domain.card_numbers import mask_card
from domain.companies import Company
from domain.ledger import Difference, Entry
from domain.purse_entries import Purse, PurseEntry
from domain.receivables import Receivable
from domain.statistics import Statistic
from domain.store import Base
from domain.travel_cards import TravelCard


def verify() -> int:
    """A line for each counter, each moment of purchase, each purse and each month that is not the
    sum of its entries. Returns 1 when there is one."""
    config = Config.from_env()
    store = open_store(config, outside(config))
    with store.session() as session:
        wrong = [_limits(session), _purses(session), _invoices(session),
                 _statistics(session)]
    store.engine.dispose()
    return max(wrong)


def _limits(session: Session) -> int:
    differences = ledger.check(session)
    names = dict(session.execute(select(Company.id, Company.name)).all())
    for difference in differences:
        print(_told(difference, names))
    if not differences:
        number, ore = _sums(session, Entry, Entry.charge_ore)
        print(f"whole   {number} entries, {ore / 100:.2f} kr charged")
    return 1 if differences else 0


def _purses(session: Session) -> int:
    """A card is told by the end of its number."""
    differences = purses.verify(session)
    for found in differences:
        card = session.get_one(TravelCard, found.card_id)
        what = "in the loads" if found.of_loads else "in the purse"
        print(f"WRONG   {mask_card(card.number)}: {found.ore:+} öre {what}")
    if not differences:
        number, _ = _sums(session, PurseEntry, PurseEntry.amount_ore)
        _, ore = _sums(session, Purse, Purse.balance_ore)
        print(f"whole   {number} entries of purses, {ore / 100:.2f} kr in them")
    return 1 if differences else 0


def _statistics(session: Session) -> int:
    differences = statistic_checks.check(session)
    for found in differences:
        print(f"WRONG   {found.kind}, {found.month_on:%Y-%m}, department {found.department_id}: "
              f"{found.ore:+} öre and {found.tickets:+} tickets")
    if not differences:
        number, ore = _sums(session, Statistic, Statistic.gross_ore)
        print(f"whole   {number} sums of what was bought, {ore / 100:.2f} kr in them")
    return 1 if differences else 0


def _invoices(session: Session) -> int:
    differences = invoice_payments.check(session)
    for number, ore in differences:
        print(f"WRONG   invoice {number}: {ore:+} öre left")
    if not differences:
        number, ore = _sums(session, Receivable, Receivable.left_ore)
        print(f"whole   {number} invoices, {ore / 100:.2f} kr left to pay")
    return 1 if differences else 0


def _sums(session: Session, table: type[Base], ore: InstrumentedAttribute) -> tuple[int, int]:
    return session.execute(select(func.count(), func.coalesce(func.sum(ore), 0))
                           .select_from(table)).one()


def _told(found: Difference, names: dict) -> str:
    whose = names.get(found.owner_id, str(found.owner_id))
    what = "used in" if type(found.when) is date else "charged at"
    return f"WRONG   {whose}: {found.ore:+} öre {what} {found.when.isoformat()}"
