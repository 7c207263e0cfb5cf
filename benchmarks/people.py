"""The list of travellers among 5 000 of 75 000: what the server needs for a page, against a bare
Flask view that asks the same of the database and writes the same page."""
import re
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from time import perf_counter, process_time
from uuid import UUID

from flask import Flask, session
from flask_wtf.csrf import generate_csrf
from sqlalchemy import and_, bindparam, case, event, exists, func, or_, select, tuple_
from werkzeug.test import EnvironBuilder, run_wsgi_app

from benchmarks import _people
from benchmarks.clock import by_turns
from benchmarks.databases import NOW, portal
from benchmarks.table import Row, against
from domain import months
from domain.identity import show_mobile
from domain.store import Base
from translations import formats

BAR, PAGE, PAGES, TIMES = 1.5, 40, 40, 150
WORDS = {"registered": "Registrerad", "code_failed": "Koden kom inte fram",
         "code_waiting": "Koden skickas", "code_locked": "Koden är låst",
         "code_expired": "Koden har gått ut", "code_sent": "Kod skickad"}


def measure(database: str) -> list[Row]:
    with portal(database) as app:
        large = _people.fill(app.extensions["store"])
        visitor = Visitor(app, _people.LARGE)
        floor = Floor(app, visitor, large)
        # on PostgreSQL the database works outside this process, and is waited for
        clock = process_time if database == "sqlite" else perf_counter
        return [*_costs(visitor, floor, clock), *_questions(app, visitor)]


def _costs(visitor: "Visitor", floor: "Floor", clock: Callable[[], float]) -> list[Row]:
    onward = visitor.onward(PAGES - 1)
    place = floor.place((PAGES - 1) * PAGE)
    room = floor.a_department()
    rows = []
    for name, path, bare in (
            ("first page", "", floor.page()),
            ("search by a part of the name", "?q=ander", floor.page(words="ander")),
            (f"page {PAGES}", onward, floor.page(place=place)),
            ("one department", f"?avdelning={room}", floor.page(room=room))):
        value, least = by_turns(visitor.sees(path), bare, times=TIMES, warm=30, clock=clock)
        rows.append(against(f"people: {name}", value, "ms", floor=least, bar=BAR))
    return rows


def _questions(app: Flask, visitor: "Visitor") -> list[Row]:
    """Statements a page, at three travellers and at five thousand."""
    few = Visitor(app, _people.SMALL)
    rows = []
    for name, path in (("first page", ""), ("search", "?q=a"), ("by department",
                                                               "?ordning=department")):
        at_three, at_all = few.questions(path), visitor.questions(path)
        rows.append(against(f"people: statements, {name}", at_all, "statements", floor=at_three,
                            bar=1.0))
    return rows


class Visitor:
    """An administrator who is signed in, with nothing but the program between."""

    def __init__(self, app: Flask, token: str, page: str = "/foretag/resenarer/"):
        self.app, self.page = app, page
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = token
        client.get(page)  # the token against forgery is in the cookie from now on
        self._cookie = f"portal={client.get_cookie('portal').value}"

    def sees(self, end: str) -> Callable[[], str]:
        return self.asks(self.app, self.page + "".join(end.partition("?")[1:]))

    def asks(self, app: Flask, address: str) -> Callable[[], str]:
        environ = self.environ(address)

        def ask() -> str:
            body, status, _headers = run_wsgi_app(app, dict(environ), buffered=True)
            page = b"".join(body).decode()
            if status != "200 OK":
                raise RuntimeError(f"{address} was answered with {status}")
            return page
        return ask

    def environ(self, address: str) -> dict:
        path, _, query = address.partition("?")
        return EnvironBuilder(path, query_string=query,
                              headers={"Cookie": self._cookie}).get_environ()

    def onward(self, times: int) -> str:
        """The address of the page that so many presses on Next lead to."""
        address = ""
        for _ in range(times):
            page = self.sees(address)()
            address = page.partition('rel="next" href="')[2].partition('"')[0]
        return address

    def questions(self, end: str) -> int:
        asked: list[str] = []
        engine, see = self.app.extensions["store"].engine, self.sees(end)
        see()

        def listen(_connection, _cursor, statement: str, *_) -> None:
            asked.append(statement)
        event.listen(engine, "before_cursor_execute", listen)
        see()
        event.remove(engine, "before_cursor_execute", listen)
        return len(asked)


TABLES = Base.metadata.tables
T, D, C, O, S = (TABLES[name].c for name in (  # noqa: E741
    "travellers", "departments", "business_travel_connections", "one_time_codes", "sms"))
SENT = case(
    (C.id.is_(None), None), (C.registered_at.is_not(None), "registered"),
    (S.state == "failed", "code_failed"),
    (or_(O.expires_at.is_(None), S.state.in_(("waiting", "sending"))), "code_waiting"),
    (O.wrong_tries >= 5, "code_locked"), (O.expires_at <= NOW, "code_expired"),
    else_="code_sent")
JOINED = (
    TABLES["travellers"].join(TABLES["departments"], D.id == T.department_id)
    .outerjoin(TABLES["business_travel_connections"],
               and_(C.traveller_id == T.id, C.ended_at.is_(None)))
    .outerjoin(TABLES["one_time_codes"], and_(O.connection_id == C.id, O.voided_at.is_(None)))
    .outerjoin(TABLES["sms"], S.about_id == O.id))

L, P, W, E, H, A, O_ = (TABLES[name].c for name in (
    "logins", "people", "posts", "companies", "deputyships", "acceptances", "offer_applications"))
WHO = (
    select(P.id, P.given_name, P.surname, W.role, W.company_id, E.name.label("company"), E.services,
           exists().where(T.personnummer_index == P.personnummer_index,
                          T.ended_at.is_(None)).label("travels"),
           exists().where(H.person_id == P.id, H.ended_at.is_(None)).label("stands_in"))
    .select_from(TABLES["logins"].join(TABLES["people"], P.id == L.person_id)
                 .join(TABLES["posts"], W.person_id == P.id)
                 .join(TABLES["companies"], E.id == W.company_id))
    .where(L.token_hash == bindparam("token"), L.ended_at.is_(None),
           L.expires_at > bindparam("now")))
ACCEPTED = select(A.kind, A.version).where(A.person_id == bindparam("person"))
ROOMS = (
    select(D.id, D.name).where(D.company_id == bindparam("company"), D.archived_at.is_(None))
    .order_by(D.name_key))
WAITING = (
    select(func.count()).select_from(TABLES["offer_applications"])
    .where(O_.company_id == bindparam("company"), O_.state == "waiting"))
OPTIONS = """<option value="">Alla avdelningar</option>
{% for room in rooms %}<option value="{{ room.id }}">{{ room.name }}</option>{% endfor %}"""


TOKEN = r'(name="csrf_token" value="|"X-CSRFToken": ")[^"]+'


def literal(html: str) -> str:
    written = f"{{% raw %}}{html}{{% endraw %}}"
    for place in ("@options@", "@token@"):
        written = written.replace(place, f"{{% endraw %}}{place}{{% raw %}}")
    return written.replace("@token@", "{{ token }}")


class Floor:
    """The least that answers with the same page: a bare Flask view, statements made beforehand, and
    one template in which all is literal but what the database says. It asks what no portal can do
    without: who is signed in, in which post, whether they travel or stand in for somebody too, and
    which terms they have accepted."""

    def __init__(self, app: Flask, visitor: "Visitor", company_id: UUID):
        self.engine, self.company_id = app.extensions["store"].engine, company_id
        self.app = Flask("floor")
        self.app.config.update(SECRET_KEY=app.config["SECRET_KEY"], SESSION_COOKIE_NAME="portal")
        self.visitor = visitor
        today = months.today(NOW)
        self.app.jinja_env.filters.update(
            mobile=show_mobile, day=lambda moment: formats.day(moment, today=today))
        self.app.jinja_env.autoescape = True
        frame = re.sub(r"(<select[^>]* id=\"avdelning\"[^>]*>).*?(</select>)", r"\1@options@\2",
                       visitor.sees("")(), flags=re.DOTALL)
        frame = re.sub(TOKEN, r"\1@token@", frame)
        before, _, rest = frame.partition("<table")
        rows = (Path(__file__).parent / "people.html").read_text()
        self.template = self.app.jinja_env.from_string(
            literal(before).replace("@options@", OPTIONS) + rows
            + literal(rest.partition("</table>")[2]))

    def page(self, *, words: str = "", place: tuple | None = None,
             room: UUID | None = None) -> Callable[[], str]:
        rows, count = self._statements(words, place, room)

        def show() -> str:
            with self.engine.connect() as connection:
                token = session["_user_id"].encode()
                who = connection.execute(WHO, {"token": sha256(token).digest(), "now": NOW}).one()
                connection.execute(ACCEPTED, {"person": who.id}).all()
                company = {"company": who.company_id}
                rooms = connection.execute(ROOMS, company).all()
                waiting = connection.execute(WAITING, company).scalar_one()
                found = connection.execute(rows, {"most": PAGE}).all()
                skipped, total = connection.execute(count).one()
            return self.template.render(rows=found, first=skipped + 1, total=total, words=WORDS,
                                        rooms=rooms, waiting=waiting, name=who.given_name,
                                        token=generate_csrf())

        address = f"/{len(self.app.view_functions)}"
        self.app.add_url_rule(address, address, show)
        return self.visitor.asks(self.app, address)

    def _statements(self, words: str, place: tuple | None, room: UUID | None):
        wanted = [T.company_id == self.company_id, T.ended_at.is_(None)]
        if words:
            wanted.append(T.sort_name.contains(words))
        if room:
            wanted.append(T.department_id == room)
        key = tuple_(T.sort_name, T.id)
        rows = (
            select(T.id, T.given_name, T.surname, D.name.label("department"), T.employee_number,
                   T.mobile, T.registered_at, SENT.label("state"))
            .select_from(JOINED).where(*wanted, *([key > place] if place else []))
            .order_by(T.sort_name, T.id).limit(bindparam("most")))
        earlier = func.count().filter(key <= place) if place else bindparam("none", 0)
        return rows, select(earlier, func.count()).where(*wanted)

    def place(self, number: int) -> tuple:
        with self.engine.connect() as connection:
            return tuple(connection.execute(
                select(T.sort_name, T.id)
                .where(T.company_id == self.company_id, T.ended_at.is_(None))
                .order_by(T.sort_name, T.id).offset(number - 1).limit(1)).one())

    def a_department(self) -> UUID:
        with self.engine.connect() as connection:
            return connection.scalar(select(D.id).where(D.company_id == self.company_id)
                                     .order_by(D.name_key).limit(1))
