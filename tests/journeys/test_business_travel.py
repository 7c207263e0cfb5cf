"""Tjänsteresor when it does not go as it should: a code that expires, is typed wrong and goes to
another number; a traveller who leaves in the middle of a purchase."""
import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import business_travel, purchases
from domain.authorisations import State
from domain.business_travel import Connection
from domain.errors import DomainError
from domain.products import Extent, Product, Trip
from domain.spendings import Spending
from domain.travellers import Traveller
from jobs import code_reminders
from sandbox.personas import AMIR, KARIN, NOOR
from tests.chromium import ALL_JOURNEYS
from tests.factories import NOBODY

pytestmark = ALL_JOURNEYS
OTHER = "+46701740691"
INDEX = "/foretag/tjansteresor/"
ZONE = Trip(Extent.ZONES_1, (181,))


def of(theatre, persona) -> Traveller:
    with theatre.store.session() as session:
        index = session.info["vault"].index(persona.personal_number)
        return session.scalar(select(Traveller).where(Traveller.personnummer_index == index))


def days_pass(theatre, days: int) -> None:
    theatre.world.clock.ahead += timedelta(days=days)


def newest_code(theatre, number: str) -> tuple[str, str]:
    """The user name, and the code."""
    text = next(text for text in theatre.sandbox.phones.texts(number) if "/resa/allpay" in text)
    return re.search(r"(AP\d+) och kod (\d{6})", text).groups()


def types(theatre, user_name: str, code: str):
    """On a phone of their own, signed in anew: what was typed, and what came of it."""
    noor = theatre.on_a_phone().signs_in_as(NOOR).opens("/resa/allpay")
    return noor.fills(user_name=user_name, code=code).presses("Registrera")


def test_a_code_expires_another_is_typed_wrong_five_times_and_a_new_number_gets_the_third(theatre):
    traveller = of(theatre, NOOR)
    at = f"/foretag/resenarer/{traveller.id}"
    karin = theatre.at_a_desk().signs_in_as(KARIN).opens(at)
    karin.presses("Anslut till Tjänsteresor").fills(limit="500").presses("Anslut och skicka koden")
    theatre.work()
    first = newest_code(theatre, traveller.mobile)

    days_pass(theatre, 6)
    code_reminders.send(theatre.portal)
    theatre.work()
    reminder = theatre.sandbox.phones.texts(traveller.mobile)[0]
    assert "går ut" in reminder
    assert first[1] not in reminder

    days_pass(theatre, 2)
    types(theatre, *first).sees("Koden har gått ut")
    karin = theatre.at_a_desk().signs_in_as(KARIN).opens(f"{INDEX}oregistrerade")
    karin.sees("Al-Sayed, Noor").sees("Koden har gått ut")
    karin.opens(f"{INDEX}?lage=code_expired&q=Noor").presses("Skicka ny kod")
    karin.sees("Koden skickas" if theatre.scripts else "En ny kod är på väg")
    theatre.work()
    name, code = newest_code(theatre, traveller.mobile)
    noor = types(theatre, name, "000000" if code != "000000" else "000001")
    noor.sees("Du har 4 försök kvar")
    for left in (3, 2, 1):
        noor.fills(user_name="AP00000000", code=code).presses("Registrera")
        noor.sees(f"Du har {left} försök kvar")
    noor.presses("Registrera").sees("Koden är låst efter för många försök")
    noor.fills(user_name=name, code=code).presses("Registrera").sees("Koden är låst")

    karin.opens(at).sees("Fel kod skrevs för många gånger").presses("Nytt nummer")
    karin.fills(mobile="070-174 06 91").presses("Skicka ny kod").sees("070-174 06 91")
    theatre.work()
    noor.fills(user_name=name, code=newest_code(theatre, OTHER)[1]).presses("Registrera")
    noor.sees("Allpay är registrerat")
    karin.opens(at).sees("Registrerad sedan i dag").presses("Pausa").sees("Tjänsteresor är pausat")
    noor.opens("/resa/kop").sees("Tjänsteresor är pausat")
    karin.presses("Återuppta").sees("Tjänsteresor är återupptaget")
    noor.opens("/resa/kop").sees("Köp · ")


def test_what_a_leaver_has_reserved_is_released_and_buys_nothing(theatre):
    traveller = of(theatre, AMIR)
    with theatre.store.session() as session:
        with theatre.store.transaction(session):
            connection = business_travel.of_traveller(session, traveller)
            reserved = purchases.authorise(session, connection, Product.SINGLE, ZONE, by=NOBODY,
                                           now=theatre.world.clock.now())
        spent = spent_of(session, connection)
        session.rollback()
        karin = theatre.at_a_desk().signs_in_as(KARIN)
        karin.opens(f"/foretag/resenarer/{traveller.id}/avslut").sees("Tjänsteresor: inga fler köp")
        karin.presses("Avsluta resenären").sees("Amir Haddad är avslutad")

        session.rollback()
        assert (reserved.state, session.get(Connection, connection.id).ended_at is None) == (
            State.VOIDED, False)
        assert spent_of(session, connection) == spent - reserved.price_ore
        with pytest.raises(DomainError), theatre.store.transaction(session):
            purchases.capture(session, reserved, by=NOBODY, now=theatre.world.clock.now())
    karin.opens(f"/foretag/resenarer/{traveller.id}").sees("Tjänsteresor är avslutat")


def spent_of(session, connection: Connection) -> int:
    return sum(session.scalars(select(Spending.spent_ore).where(
        Spending.owner_id == connection.id).order_by(Spending.month_on.desc()).limit(1)))
