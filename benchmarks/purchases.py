"""Tjänsteresor under load: purchases over HTTP, by travellers who are signed in on their phones and
by an app, from a gunicorn as in production; ten thousand one-time codes from the click to the
phones; and the administrator's page of a million purchases."""
from collections.abc import Callable, Iterator
from time import perf_counter

from flask import Flask
from sqlalchemy import select

from benchmarks import _buyers, _purchase_page, _travel
from benchmarks._buyers import Purchase
from benchmarks._machinery import Works, serving, working
from benchmarks._travel import ONE_ZONE, PRODUCT, Employer
from benchmarks.databases import portal
from benchmarks.table import Row, against, at_least, at_most
from benchmarks.tickets import arrived
from blueprints.allpay_bodies import place_id
from documents import mtb
from domain import ledger, travel_acts
from domain.services import Service
from domain.tickets import Ticket
from domain.travellers import Traveller
from integrations.clock import SystemClock

BUYERS, CLIENTS, PURCHASES = 100, 8, 3_000
A_SECOND, CALM = 150, 75
"""Purchases that are to be managed; and half of them, at which the time is that of a purchase and
not of a queue."""
CODES = 10_000
HALF, LAST, CODES_BAR = 8, 40, 300
"""Milliseconds within which half of the purchases, and all but one in a hundred, are answered; and
codes a second."""
SLOWER = {"sqlite": 1, "postgresql": 2}
PHONE, APP = "on the phone", "by the API, signed"
TOKEN = "the token of the app"
FLOOR = "benchmarks._purchase_floor:make()"


def measure(database: str) -> list[Row]:
    with portal(database, clock=SystemClock()) as app:
        bought = _bought(app)
    with portal(database, clock=SystemClock()) as app:
        employer = _travel.employer(app.extensions["store"], CODES, connected=False,
                                    now=SystemClock().now())
        with working(app.config["PORTAL"]) as works:
            rate = CODES / coded(app, employer, works)
    return [*bought, at_least(f"purchases: {CODES:_} codes from click to phone".replace("_", " "),
                              rate, "codes/s", CODES_BAR), *_purchase_page.measure(database)]


def _bought(app: Flask) -> list[Row]:
    store, slower = app.extensions["store"], SLOWER[app.extensions["store"].engine.dialect.name]
    employer = _travel.employer(store, BUYERS, now=SystemClock().now())
    with serving(app.config["PORTAL"]) as port:
        ways = {PHONE: on_phones(app, employer, port), APP: by_app(app, employer)}
        tills = {where: Till(port, make) for where, make in ways.items()}
        paced, seconds = _loaded(tills)
    with serving(app.config["PORTAL"], FLOOR) as port:
        floors = {where: Till(port, make) for where, make in ways.items()}
        least, least_seconds = _loaded(floors)
    check(app, sum(till.bought for till in (*tills.values(), *floors.values())),
          signed=tills[APP].bought + floors[APP].bought)
    hurry = f"purchases: by {CLIENTS} clients, as fast as they can"
    return [*_answered(paced, least, slower),
            at_least(hurry, PURCHASES / seconds, "purchases/s", A_SECOND / slower),
            against(f"{hurry}, to the floor", seconds, "s", floor=least_seconds)]


def _loaded(tills: dict[str, "Till"]) -> tuple[dict[str, list[float]], float]:
    """How many milliseconds each purchase took at an even pace; and how many seconds all of them on
    the phone took, as fast as they could."""
    paced = {}
    for where, till in tills.items():
        till.buy(PURCHASES // 10, clients=CLIENTS)  # the processes have their statements by then
        paced[where], _ = till.buy(PURCHASES, clients=CLIENTS, a_second=CALM)
    return paced, tills[PHONE].buy(PURCHASES, clients=CLIENTS)[1]


def _answered(paced: dict[str, list[float]], least: dict[str, list[float]],
              slower: int) -> Iterator[Row]:
    for where, taken in paced.items():
        for name, part, bar in (("p50", 0.50, HALF), ("p99", 0.99, LAST)):
            yield at_most(f"purchases: {where}, {CALM}/s, {name}", share(taken, part), "ms",
                          bar * slower)
        yield against(f"purchases: {where}, {CALM}/s, p50, to the floor", share(taken, 0.50), "ms",
                      floor=share(least[where], 0.50))


def share(taken: list[float], part: float) -> float:
    """What so large a part of them are not above."""
    return sorted(taken)[int((len(taken) - 1) * part)]


class Till:
    """Counts what is bought in one way; `make` makes the request of a traveller."""

    def __init__(self, port: int, make: Callable[[int], Purchase]):
        self._port, self._make, self.bought = port, make, 0

    def buy(self, number: int, *, clients: int,
            a_second: float | None = None) -> tuple[list[float], float]:
        purchases = [self._make(place) for place in range(number)]
        self.bought += number
        return _buyers.buy(self._port, purchases, clients=clients, a_second=a_second)


def on_phones(app: Flask, employer: Employer, port: int) -> Callable[[int], Purchase]:
    """The travellers in turns, each with the form that their phone was shown."""
    forms = [_buyers.form(cookie(app, token), port) for token in employer.tokens]
    return lambda place: _buyers.sent_form(forms[place % len(forms)])


def by_app(app: Flask, employer: Employer) -> Callable[[int], Purchase]:
    """The travellers in turns, who travel at once: the answer has a ticket that is signed."""
    methods = _travel.payment_methods(app.extensions["store"], employer, token=TOKEN,
                                      now=SystemClock().now())
    said = {"product": str(PRODUCT), "place": place_id(ONE_ZONE), "price": employer.price_ore,
            "activate": True}
    return lambda place: _buyers.called(TOKEN, methods[place % len(methods)], said)


def cookie(app: Flask, token: str) -> str:
    """Of a browser that is signed in with the token."""
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"] = token
    return client.get_cookie("portal").value


def check(app: Flask, number: int, *, signed: int) -> None:
    """Each purchase that was answered is there once, the ledger says the same, and so many of the
    tickets are signed."""
    keys = app.extensions["world"].ticket_keys.public_keys()
    with app.extensions["store"].session() as session:
        bundles = session.scalars(select(Ticket.bundle).where(
            Ticket.service == Service.BUSINESS_TRAVEL)).all()
        wrong = ledger.check(session)
    if len(bundles) != number or wrong:
        raise RuntimeError(
            f"{number} purchases made {len(bundles)} tickets, and differ by {wrong[:3]}")
    genuine = [mtb.read(each).verify(keys) for each in bundles if each]
    if len(genuine) != signed:
        raise RuntimeError(f"{len(genuine)} tickets are signed, and not {signed}")


def coded(app: Flask, employer: Employer, works: Works) -> float:
    """Seconds from the click that connects all the travellers to the last code on a phone."""
    number, world = len(employer.travellers), app.extensions["world"]
    store, begun = app.extensions["store"], perf_counter()
    with store.session() as session, store.transaction(session):
        chosen = select(Traveller.id).where(Traveller.company_id == employer.company_id)
        plan = travel_acts.to_connect(session, chosen, employer.company_id)
        travel_acts.connect(session, plan, limit_ore=_travel.LIMIT_ORE, by=employer.admin,
                            now=world.clock.now())
    works.queue.ring(world.queue.rung)
    arrived(works, number)
    taken = perf_counter() - begun
    texts = works.texts()
    if not len(texts) == len({to for to, _ in texts}) == number:
        raise RuntimeError(f"{len(texts)} codes came to {number} travellers")
    return taken
