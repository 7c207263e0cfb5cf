"""A department into which lists are imported, and how they are made and looked at."""
from sqlalchemy import select

from domain import audit, import_carrying, import_checking, traveller_imports
from domain.access import Scope
from domain.import_rows import COLUMNS
from domain.traveller_imports import TravellerImport
from domain.travellers import Traveller
from tests.conftest import NOON
from tests.factories import personnummer

ALVA, BO, CIA = personnummer(1001), personnummer(1002), personnummer(1003)


def row(number=ALVA, given_name="Alva", surname="Ek", **values):
    values = {"personnummer": number, "given_name": given_name, "surname": surname, **values}
    return tuple(values.get(column, "") for column in COLUMNS)


class Importing:
    def __init__(self, make):
        self.make, self.store, self.db = make, make.store, make.session
        self.company = make.company()
        self.department = make.department(self.company)
        self.admin = make.actor(make.admin(self.company))

    def upload(self, *rows, by=None) -> TravellerImport:
        """Rows of a file, the first of them on row 2; checked."""
        by = by or self.admin
        kept = self.make.traveller_import(self.department, *rows, by=by, columns=COLUMNS)
        with self.store.transaction(self.db):
            traveller_imports.order_check(self.db, kept, by=by, now=NOON)
            import_checking.check(self.db, kept, iter)
        return kept

    def carry_out(self, kept: TravellerImport, **how) -> bool:
        with self.store.transaction(self.db):
            traveller_imports.order(self.db, kept, by=self.admin, now=NOON, **how)
            return import_carrying.carry_out(self.db, kept.id, now=NOON)

    def everyone(self) -> list[Traveller]:
        """Who is there, in the order of their names."""
        self.db.rollback()
        self.db.expire_all()
        return list(self.db.scalars(
            select(Traveller).where(Traveller.ended_at.is_(None)).order_by(Traveller.sort_name)))

    def events(self, act: audit.Act) -> list[audit.Event]:
        log = audit.latest(self.db, within=Scope(self.company.id), most=100).rows
        return [event for event in log if event.act == act]
