"""Travellers who buy over HTTP: browsers with kept connections, in a process of their own, so light
that they take little from whoever serves them."""
import json
import socket
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from html.parser import HTMLParser
from http.client import HTTPConnection
from itertools import cycle
from multiprocessing import get_context
from time import perf_counter, sleep
from urllib.parse import urlencode
from uuid import uuid4

from benchmarks._machinery import HOST

BUY, BUTTON, API = "/resa/kop", "agreed_ore", "/api/allpay/v1/purchases"
DONE = (b"303", b"201", b"200")
ANSWER = 65_536
LINES = 6
"""Connections that a browser keeps; by so many, each of the servers has its share."""
Purchase = bytes
"""A request, as it goes over the wire."""


def form(cookie: str, port: int) -> dict[str, str]:
    """What a browser would send when the button is pressed on the page for buying."""
    connection = HTTPConnection(HOST, port)
    connection.request("GET", BUY, headers={"Cookie": f"portal={cookie}"})
    answer = connection.getresponse()
    page = answer.read().decode()
    connection.close()
    if answer.status != 200:
        raise RuntimeError(f"the page for buying was answered with {answer.status}")
    reader = _Form()
    reader.feed(page)
    # the token against forgery is of the session that the answer set
    return reader.fields | {"cookie": (answer.getheader("Set-Cookie") or "").partition(";")[0]}


class _Form(HTMLParser):
    def __init__(self):
        super().__init__()
        self.fields: dict[str, str] = {}
        self._inside, self._select = False, ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        name, value = said.get("name") or "", said.get("value") or ""
        if tag == "form":
            self._inside = said.get("id") == "form"
        elif not self._inside:
            return
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and (
                "selected" in said or self._select not in self.fields):
            self.fields[self._select] = value
        elif name and (name == BUTTON if tag == "button" else tag == "input" and (
                said.get("type") not in ("radio", "checkbox") or "checked" in said)):
            self.fields[name] = value

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "form":
            self._inside = False


def sent_form(fields: dict[str, str]) -> Purchase:
    """One more of the same: with a key of its own."""
    typed = {name: value for name, value in fields.items() if name != "cookie"}
    return _post(BUY, urlencode(typed | {"form_key": str(uuid4())}), {
        "Cookie": fields["cookie"], "Content-Type": "application/x-www-form-urlencoded"})


def called(token: str, payment_method: str, said: dict[str, str | int]) -> Purchase:
    """The same by the Allpay API."""
    return _post(API, json.dumps(said), {
        "Authorization": f"Bearer {token}", "Payment-Method": payment_method,
        "Idempotency-Key": str(uuid4()), "Content-Type": "application/json"})


def told(key: str, proof: str, payment_id: str) -> Purchase:
    """As Swish tells that a payment is paid."""
    return _post(f"/betalning/swish/{key}", json.dumps({"id": payment_id, "status": "PAID"}), {
        "callbackIdentifier": proof, "Content-Type": "application/json"})


def _post(path: str, body: str, headers: dict[str, str]) -> Purchase:
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in {
        "Host": HOST, "Content-Length": len(body.encode()), **headers}.items()), "", body]
    return "\r\n".join(lines).encode()


def buy(port: int, purchases: list[Purchase], *, clients: int,
        a_second: float | None = None) -> tuple[list[float], float]:
    """How many milliseconds each took, and how many seconds all of them did.

    With `a_second` so many are asked for each second, evenly, whether or not those before are
    answered: the time counts from when it should have been asked for. Otherwise each client asks
    for the next as soon as it has its answer."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_buy, port, purchases, clients, a_second).result()


def _buy(port: int, purchases: list[Purchase], clients: int,
         a_second: float | None) -> tuple[list[float], float]:
    begins = perf_counter() + 0.1
    pieces: list[list[tuple[float | None, Purchase]]] = [[] for _ in range(clients)]
    for place, (piece, each) in enumerate(zip(cycle(pieces), purchases, strict=False)):
        piece.append((a_second and begins + place / a_second, each))
    with ThreadPoolExecutor(clients) as pool:
        taken = [each for some in pool.map(_browser, [port] * clients, pieces) for each in some]
    return taken, perf_counter() - begins


def _browser(port: int, purchases: list[tuple[float | None, Purchase]]) -> list[float]:
    lines: list[socket.socket | None] = [None] * LINES
    try:
        return list(_asked(port, lines, purchases))
    finally:
        for line in filter(None, lines):
            line.close()


def _line(port: int) -> socket.socket:
    line = socket.create_connection((HOST, port))
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return line


def _asked(port: int, lines: list[socket.socket | None],
           purchases: list[tuple[float | None, Purchase]]) -> Iterator[float]:
    for place, (due, request) in zip(cycle(range(LINES)), purchases, strict=False):
        if due:
            sleep(max(0.0, due - perf_counter()))
        begun = due or perf_counter()
        line = lines[place]
        answer = line and _answer(line, request)
        if answer is None:  # it is new, or lay unused so long that the server has let go of it
            if line:
                line.close()
            line = lines[place] = _line(port)
            answer = _answer(line, request)
        yield (perf_counter() - begun) * 1_000
        if answer is None or answer[9:12] not in DONE:
            raise RuntimeError(f"a purchase was answered with {answer and answer[:200]!r}")


def _answer(line: socket.socket, request: Purchase) -> bytes | None:
    """None when the server hung up before it said anything."""
    try:
        line.sendall(request)
        answer = line.recv(ANSWER)
    except ConnectionError:
        return None
    while answer and not _whole(answer):
        more = line.recv(ANSWER)
        if not more:
            raise RuntimeError("the server hung up")
        answer += more
    return answer or None


def _whole(answer: bytes) -> bool:
    head, found, body = answer.partition(b"\r\n\r\n")
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    return bool(found) and len(body) >= int(length or 0)
