"""A person registers Allpay by user name and code. Whoever guesses learns nothing: a wrong user
name costs a try and is answered as a wrong code is."""
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from domain import business_travel, codes
from domain.access import Actor
from domain.business_travel import Connection
from domain.codes import Outcome
from domain.rules import rules


@dataclass(frozen=True)
class Attempt:
    outcome: Outcome
    left: int | None = None
    """Tries after a wrong one; None when no code waits for the person."""


def register(session: Session, mine: Iterable[Connection], *, user_name: str, digits: str,
             by: Actor, now: datetime) -> Attempt:
    """`mine` are the person's own connections. The caller commits whatever the outcome."""
    typed, mine = user_name.strip().upper(), list(mine)
    tried = ([each for each in mine if each.user_name == typed]
             or [each for each in mine if not each.registered_at])
    outcomes = [business_travel.register(session, each, user_name=typed, digits=digits, by=by,
                                         now=now) for each in tried]
    if not outcomes or Outcome.WRONG in outcomes:
        return _wrong(session, tried)
    return Attempt(outcomes[0])


def _wrong(session: Session, tried: list[Connection]) -> Attempt:
    waiting = codes.current(session, [each.id for each in tried]).values()
    used = [code.wrong_tries for code in waiting]
    left = max(0, rules(session).code_tries - max(used)) if used else None
    return Attempt(Outcome.LOCKED if left == 0 else Outcome.WRONG, left)
