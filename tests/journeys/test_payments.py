"""A payment that is cancelled, declined, too late or unknown, and in the end the one order is paid:
once."""
import re
from datetime import timedelta

import httpx
import pytest

from jobs import payments
from tests.journeys import mina_sidor

CART, BUYS = "/mina-sidor/varukorg/", "**/mina-sidor/kop/*"
WAITS = re.compile(r"/mina-sidor/betalning/[0-9a-f-]{36}$")


@pytest.fixture
def kund(theatre):
    """At the till with a new card and 100 kr for its purse."""
    who = mina_sidor.customer(theatre, given_name="Kim", surname="Kund")
    kund = mina_sidor.comes_in(theatre.on_a_phone(), who).opens("/mina-sidor/butik/")
    kund.presses("Nytt resekort").fills(purse="100").presses("Lägg i varukorgen")
    kund.opens(CART).presses("Till kassan")
    return kund


def ends(person, means, way_out, *, more=True):
    """Begins to pay, and the payment ends so at Swish or Nets."""
    person.chooses(means).presses("Betala 1")
    if means == "Swish":
        person.presses("Öppna Swish")
    else:
        person.page.wait_for_url("**/nets/betala?*")
    if more:
        person.page.get_by_text("Annat som kan hända").click()
    return person.presses(way_out)


def tries_again(person):
    return person.presses("Till köpet")


def the_providers_tell_and_the_worker_asks(theatre):
    with httpx.Client() as client:
        theatre.sandbox.swish.settle()
        theatre.sandbox.callbacks.send(client)
    payments.settle(theatre.portal)


def test_cancelled_declined_too_late_unknown_and_then_paid(theatre, kund):
    ends(kund, "Swish", "Avbryt", more=False)
    kund.sees("Betalningen nekades").sees("Inga pengar har dragits")

    ends(tries_again(kund), re.compile("Bankkort"), "Kortet nekas")
    kund.sees("Kortet nekades. Försök igen")
    the_providers_tell_and_the_worker_asks(theatre)
    kund.presses("Avbryt").sees("Betalningen avbröts").sees("Banken nekade kortet")

    tries_again(kund).chooses("Swish").presses("Betala 1")
    kund.sees("Öppna Swish")
    theatre.world.clock.ahead += timedelta(minutes=3, seconds=5)
    the_providers_tell_and_the_worker_asks(theatre)
    kund.page.reload()
    kund.sees("Betalningen gjordes inte i tid").sees("inom tre minuter")

    ends(tries_again(kund), "Swish", "Banken svarar inte")
    kund.sees("Det dröjer").sees("Betala inte igen")
    kund.opens("/mina-sidor/kop/").page.locator("main a[href*='/mina-sidor/kop/']").first.click()
    kund.waits().sees("Vi väntar på besked").does_not_see("Betala 1")

    [unknown] = theatre.sandbox.swish.open()
    theatre.sandbox.swish.learn(unknown["id"], paid=True)
    theatre.world.clock.ahead += timedelta(hours=1)
    the_providers_tell_and_the_worker_asks(theatre)
    kund.opens("/mina-sidor/kop/").sees("Betalt")
    theatre.work()
    assert len(theatre.sandbox.mailbox.mails("prov@brevladan.example")) == 1
