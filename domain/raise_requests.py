"""Requests for a raise of a limit: a traveller asks for so much more until a day, and an
administrator decides. What is granted is in force at once."""
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from domain import audit, messages, people, raises
from domain.access import Actor, Scope
from domain.business_travel import Connection
from domain.errors import Conflict, Invalid, NotAllowed, NotFound
from domain.money import kr
from domain.months import today
from domain.raises import Raise, State
from domain.rules import rules
from domain.travellers import Traveller


def waiting(session: Session, *, within: Scope, now: datetime,
            most: int | None = None) -> list[Raise]:
    """Those that nobody has decided and that could still be of use, the oldest first."""
    return list(session.scalars(
        _with_traveller().where(
            within.holds(Raise.company_id, Traveller.department_id), Raise.state == State.ASKED,
            Raise.asked_until_on >= today(now), Connection.ended_at.is_(None))
        .order_by(Raise.asked_at, Raise.id).limit(most)))


def others(session: Session, *, within: Scope, now: datetime, most: int = 30) -> list[Raise]:
    """Those that do not wait, the last asked first."""
    return list(session.scalars(
        _with_traveller().options(joinedload(Raise.decided_by)).where(
            within.holds(Raise.company_id, Traveller.department_id),
            (Raise.state != State.ASKED) | (Raise.asked_until_on < today(now))
            | Connection.ended_at.is_not(None))
        .order_by(Raise.asked_at.desc(), Raise.id).limit(most)))


def of_connections(session: Session, connection_ids: list[UUID], *, most: int = 20) -> list[Raise]:
    """The newest first."""
    return list(session.scalars(
        _with_traveller().where(Raise.connection_id.in_(connection_ids))
        .order_by(Raise.asked_at.desc(), Raise.id).limit(most)))


def find(session: Session, raise_id: UUID, *, within: Scope) -> Raise:
    found = session.get(Raise, raise_id)
    if found is None or not within.covers(found.company_id, found.traveller.department_id):
        raise NotFound("Förfrågan finns inte.")
    return found


def find_waiting(session: Session, raise_id: UUID, *, within: Scope, now: datetime) -> Raise:
    """One that can still be decided."""
    found = find(session, raise_id, within=within)
    if found.state_at(now) != State.ASKED or found.connection.ended_at:
        raise Conflict("Förfrågan är redan avgjord.")
    return found


def find_own(session: Session, raise_id: UUID, *, traveller_ids: list[UUID]) -> Raise:
    found = session.get(Raise, raise_id)
    if found is None or found.connection.traveller_id not in traveller_ids:
        raise NotFound("Förfrågan finns inte.")
    return found


def ask(session: Session, connection: Connection, *, ore: int, until_on: date, reason: str,
        by: Actor, now: datetime) -> Raise:
    """The traveller wants so much more until the end of that day. The administrators are told."""
    _hold(session, connection)
    if not connection.registered_at:
        raise Conflict("Allpay är inte registrerat. Registrera det med koden i sms:et.")
    _check_until(session, until_on, now=now)
    _check_room(session, connection, ore, now=now)
    if any(each.state_at(now) == State.ASKED
           for each in of_connections(session, [connection.id])):
        raise Conflict("Du har redan en förfrågan som väntar på besked.")
    asked = Raise(company_id=connection.company_id, connection=connection, asked_ore=ore,
                  asked_until_on=until_on, reason=reason, asked_at=now)
    session.add(asked)
    session.flush()
    _record(session, audit.Act.TRAVEL_RAISE_ASKED, asked, by=by, now=now)
    _tell_administrators(session, asked, now=now)
    return asked


def grant(session: Session, asked: Raise, *, ore: int | None = None, until_on: date | None = None,
          by: Actor, now: datetime) -> None:
    """As it was asked for, or otherwise. It holds from now on."""
    _hold(session, asked.connection)
    ore = asked.asked_ore if ore is None else ore
    until_on = until_on or asked.asked_until_on
    _check_until(session, until_on, now=now)
    _check_room(session, asked.connection, ore, now=now)
    _decide(asked, State.GRANTED, by=by, now=now)
    asked.granted_ore, asked.granted_until_on = ore, until_on
    _record(session, audit.Act.TRAVEL_RAISE_GRANTED, asked, by=by, now=now)
    limit_ore = raises.rooms(session, [asked.connection_id], now=now)[asked.connection_id].limit_ore
    _tell(session, asked, "raise_granted", by=by, now=now, until=until_on.isoformat(),
          limit_ore=limit_ore)


def refuse(session: Session, asked: Raise, *, reason: str, by: Actor, now: datetime) -> None:
    _decide(asked, State.REFUSED, by=by, now=now)
    asked.answer = reason
    _record(session, audit.Act.TRAVEL_RAISE_REFUSED, asked, by=by, now=now)
    _tell(session, asked, "raise_refused", by=by, now=now, reason=reason)


def withdraw(session: Session, asked: Raise, *, by: Actor, now: datetime) -> None:
    """The traveller changes their mind before anyone has decided."""
    _check_asked(asked)
    asked.state, asked.decided_at = State.WITHDRAWN, now
    _record(session, audit.Act.TRAVEL_RAISE_WITHDRAWN, asked, by=by, now=now)


def end(session: Session, granted: Raise, *, by: Actor, now: datetime) -> None:
    """An administrator ends it before its day. What is bought already stays bought."""
    _hold(session, granted.connection)
    if granted.state_at(now) != State.GRANTED:
        raise Conflict("Höjningen gäller inte längre.")
    granted.state = State.OVER
    _record(session, audit.Act.TRAVEL_RAISE_ENDED, granted, by=by, now=now)
    _tell(session, granted, "raise_ended", by=by, now=now)


def _with_traveller():
    return (select(Raise).join(Raise.connection).join(Connection.traveller)
            .options(contains_eager(Raise.connection).contains_eager(Connection.traveller)
                     .joinedload(Traveller.department)))


def _hold(session: Session, connection: Connection) -> None:
    """Whoever is buying is waited for, and nobody else asks or decides."""
    session.refresh(connection, with_for_update={"of": Connection})
    if connection.ended_at:
        raise Conflict("Resenären är inte längre ansluten till Tjänsteresor.")


def _check_until(session: Session, until_on: date, *, now: datetime) -> None:
    days = rules(session).raise_days_max
    if until_on < today(now):
        raise Invalid("Dagen har redan varit. Välj i dag eller senare.", "until_on")
    if until_on > today(now) + timedelta(days=days):
        raise Invalid("En höjning kan gälla högst %(days)s dagar framåt.", "until_on", days=days)


def _check_room(session: Session, connection: Connection, ore: int, *, now: datetime) -> None:
    most = rules(session).credit_limit_max_ore
    room = most - raises.rooms(session, [connection.id], now=now)[connection.id].limit_ore
    if room <= 0:
        raise Invalid("Gränsen är redan den högsta, %(most)s i månaden.", "ore", most=kr(most))
    if not 0 < ore <= room:
        raise Invalid("Gränsen kan höjas med högst %(room)s. Ingen får ha mer än %(most)s i "
                      "månaden.", "ore", room=kr(room), most=kr(most))


def _decide(asked: Raise, state: State, *, by: Actor, now: datetime) -> None:
    if asked.is_own(by):
        raise NotAllowed("Du kan inte avgöra din egen förfrågan. Be en annan administratör.")
    _check_asked(asked)
    asked.state, asked.decided_at, asked.decided_by_id = state, now, by.person_id


def _check_asked(asked: Raise) -> None:
    if asked.state != State.ASKED:
        raise Conflict("Förfrågan är redan avgjord.")


def _record(session: Session, act: audit.Act, about: Raise, *, by: Actor, now: datetime) -> None:
    traveller = about.traveller
    audit.record(session, act, traveller.id, company_id=about.company_id,
                 department_id=traveller.department_id, by=by, now=now, traveller=traveller.name,
                 amount_ore=about.ore, day=about.until_on.isoformat())


def _tell(session: Session, decided: Raise, template: str, *, by: Actor, now: datetime,
          **words: str | int) -> None:
    """The traveller, by the number that they registered Allpay with."""
    if decided.traveller.mobile:
        messages.put_sms(session, template, to=decided.traveller.mobile, about_id=decided.id,
                         company_id=decided.company_id, now=now, company=by.company_name,
                         ore=decided.ore, **words)


def _tell_administrators(session: Session, asked: Raise, *, now: datetime) -> None:
    """Those nearest, but for the one who asks."""
    traveller = asked.traveller
    for admin in people.nearest_administrators(
            session, asked.company_id, traveller.department_id,
            but_for=traveller.personnummer_index):
        if admin.email:
            messages.put_email(session, "raise_asked", to=admin.email, language=admin.language,
                               company_id=asked.company_id, now=now, name=admin.given_name,
                               traveller=traveller.name, ore=asked.asked_ore,
                               until=asked.asked_until_on.isoformat(), reason=asked.reason)
