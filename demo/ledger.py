"""What travellers have bought, as it stands in the ledger: each purchase was authorised and
captured at once."""
from collections import Counter
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from domain.authorisations import Authorisation, State
from domain.business_travel import Connection
from domain.ledger import STEPS, Entry, Kind
from domain.months import Month
from domain.purchase_months import PurchaseMonth
from domain.services import Service
from domain.spendings import DepartmentSpending, Spending

SAME = ("company_id", "department_id", "product", "extent", "zones", "area", "price_ore",
        "vat_basis_points", "price_list_id", "purpose")
"""An authorisation has these words in common with its ticket."""


def write(session: Session, rows: list[dict[str, Any]],
          travelling: dict[UUID, Connection]) -> None:
    bought = [row | {"connection_id": travelling[row["traveller_id"]].id,
                     "month_on": Month.of(row["sold_at"]).first_day}
              for row in rows if row["service"] == Service.BUSINESS_TRAVEL]
    if bought:
        session.execute(insert(Authorisation), [_authorisation(row) for row in bought])
        session.execute(insert(Entry), [
            each for row in bought for each in (
                _entry(row, Kind.RESERVE, room_ore=row["price_ore"], charge_ore=0),
                _entry(row, Kind.CAPTURE, room_ore=0, charge_ore=row["price_ore"]))])
        for table, owner in ((Spending, "connection_id"), (DepartmentSpending, "department_id")):
            session.execute(insert(table), _counted(bought, owner))
        session.execute(insert(PurchaseMonth), _months(bought))


def _authorisation(row: dict[str, Any]) -> dict[str, Any]:
    return {"id": row["id"], "ticket_id": row["id"], "connection_id": row["connection_id"],
            "authorised_at": row["sold_at"], "authorised_by_id": row["sold_by_id"],
            "expires_at": row["sold_at"], "state": State.CAPTURED, "trial": False,
            **{name: row[name] for name in SAME}}


def _entry(row: dict[str, Any], kind: Kind, **ore: int) -> dict[str, Any]:
    return {"authorisation_id": row["id"], "step": STEPS[kind], "kind": kind, "at": row["sold_at"],
            "trial": False, **ore,
            **{name: row[name]
               for name in ("company_id", "department_id", "connection_id", "month_on")}}


def _counted(bought: list[dict[str, Any]], owner: str) -> list[dict[str, Any]]:
    spent = Counter()
    for row in bought:
        spent[row[owner], row["month_on"]] += row["price_ore"]
    return [{"owner_id": key, "month_on": month_on, "spent_ore": ore}
            for (key, month_on), ore in spent.items()]


def _months(bought: list[dict[str, Any]]) -> list[dict[str, Any]]:
    numbers = Counter((row["department_id"], row["month_on"]) for row in bought)
    return [{"company_id": bought[0]["company_id"], "department_id": each["owner_id"],
             "month_on": each["month_on"], "bought_ore": each["spent_ore"],
             "bought": numbers[each["owner_id"], each["month_on"]]}
            for each in _counted(bought, "department_id")]
