"""Tjänsteresor for very many travellers at once: connecting them as `business_travel.connect` does
with one, and sending each a code anew."""
from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from domain import code_sendings, codes, limits, messages
from domain.access import Actor
from domain.business_travel import Connection, a_user_name
from domain.code_sendings import CodeSending
from domain.many import chunks
from domain.rules import rules

AT_ONCE = 1_000
Wanted = tuple[str, str, int]
"""A traveller's id as hex, their mobile, and the limit in öre."""
Letter = tuple[UUID, str, str]
"""The connection that a code is for, the mobile that it goes to, and the user name."""


def connect(session: Session, company_id: UUID, wanted: list[Wanted], *, by: Actor, now: datetime,
            **same: date | UUID | None) -> CodeSending | None:
    """`same` is what all of them share, by the names of `Connection`'s columns. Returns what their
    codes can be watched by, when they are many."""
    sending = _begin(session, company_id, len(wanted), by=by, now=now)
    for some in chunks(wanted, AT_ONCE):
        rows = [{"id": uuid4(), "company_id": company_id, "traveller_id": UUID(traveller),
                 "user_name": name, "limit_ore": limit, "connected_at": now, **same}
                for (traveller, _, limit), name in zip(
                    some, _user_names(session, len(some)), strict=True)]
        session.execute(insert(Connection), rows)
        _send(session, company_id, [(row["id"], mobile, row["user_name"])
                                    for (_, mobile, _), row in zip(some, rows, strict=True)],
              sending, by=by, now=now)
    return sending


def send_codes(session: Session, company_id: UUID, letters: list[Letter], *, by: Actor,
               now: datetime) -> CodeSending | None:
    """The codes before are void."""
    sending = _begin(session, company_id, len(letters), by=by, now=now)
    for some in chunks(letters, AT_ONCE):
        codes.void(session, *(connection_id for connection_id, _, _ in some), now=now)
        _send(session, company_id, some, sending, by=by, now=now)
    return sending


def _begin(session: Session, company_id: UUID, number: int, *, by: Actor,
           now: datetime) -> CodeSending | None:
    if number:
        limits.take(session, "codes from company", str(company_id), number=number, now=now,
                    per_hour=rules(session).codes_per_company)
    return code_sendings.begin(session, company_id, number, by_id=by.person_id, now=now)


def _send(session: Session, company_id: UUID, letters: Iterable[Letter],
          sending: CodeSending | None, *, by: Actor, now: datetime) -> None:
    code_of = codes.order_each(session, [each for each, _, _ in letters], now=now,
                               sending_id=sending and sending.id)
    messages.put_each_sms(
        session, "allpay_code",
        [{"to": mobile, "about_id": code_of[connection_id], "company": by.company_name,
          "user_name": user_name, "days": rules(session).code_days}
         for connection_id, mobile, user_name in letters],
        company_id=company_id, now=now)


def _user_names(session: Session, number: int) -> list[str]:
    """So many that nobody has: among thousands, two alike are likely."""
    names: set[str] = set()
    while len(names) < number:
        drawn = {a_user_name() for _ in range(number - len(names))}
        names |= drawn - set(session.scalars(
            select(Connection.user_name).where(Connection.user_name.in_(drawn))))
    return list(names)
