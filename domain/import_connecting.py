"""Connecting very many travellers at once, as `business_travel.connect` does with one."""
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlalchemy.orm import Session

from domain import codes, messages
from domain.access import Actor
from domain.business_travel import Connection, new_user_names
from domain.many import chunks
from domain.rules import rules

AT_ONCE = 1_000
Wanted = tuple[str, str, int]
"""A traveller's id as hex, their mobile, and the limit in öre."""


def connect(session: Session, company_id: UUID, wanted: list[Wanted], *, by: Actor,
            now: datetime) -> None:
    for some in chunks(wanted, AT_ONCE):
        _connect(session, company_id, some, by=by, now=now)


def _connect(session: Session, company_id: UUID, wanted: list[Wanted], *, by: Actor,
             now: datetime) -> None:
    rows = [{"id": uuid4(), "company_id": company_id, "traveller_id": UUID(traveller),
             "user_name": name, "limit_ore": limit, "connected_at": now}
            for (traveller, _, limit), name in zip(
                wanted, new_user_names(session, len(wanted)), strict=True)]
    session.execute(insert(Connection), rows)
    code_of = codes.order_each(session, [row["id"] for row in rows], now=now)
    messages.put_each_sms(
        session, "allpay_code",
        [{"to": mobile, "about_id": code_of[row["id"]], "company": by.company_name,
          "user_name": row["user_name"], "days": rules(session).code_days}
         for (_, mobile, _), row in zip(wanted, rows, strict=True)],
        company_id=company_id, now=now)
