"""Proving the ledger of limits from the command line."""
from datetime import date

from sqlalchemy import func, select

from app import open_store, outside
from config import Config
from domain import ledger
from domain.companies import Company
from domain.ledger import Difference, Entry


def verify() -> int:
    """A line for each counter, and each moment of purchase, that is not the sum of its entries.
    Returns 1 when there is one."""
    config = Config.from_env()
    store = open_store(config, outside(config))
    with store.session() as session:
        differences = ledger.check(session)
        names = dict(session.execute(select(Company.id, Company.name)).all())
        number, ore = session.execute(
            select(func.count(), func.coalesce(func.sum(Entry.charge_ore), 0))
            .select_from(Entry)).one()
    store.engine.dispose()
    for difference in differences:
        print(_told(difference, names))
    if not differences:
        print(f"whole   {number} entries, {ore / 100:.2f} kr charged")
    return 1 if differences else 0


def _told(found: Difference, names: dict) -> str:
    whose = names.get(found.owner_id, str(found.owner_id))
    what = "used in" if type(found.when) is date else "charged at"
    return f"WRONG   {whose}: {found.ore:+} öre {what} {found.when.isoformat()}"
