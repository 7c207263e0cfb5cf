"""The month's close of a whole county: what everybody has bought made into specifications, invoices
and their files, by two workers; and that it comes to the same when they are killed half way."""
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from subprocess import Popen
from time import perf_counter

from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks import _months
from benchmarks._machinery import Works, working
from benchmarks._months import Size
from benchmarks.databases import portal
from benchmarks.table import Row, against, at_most, told
from config import Config
from domain import outbox
from domain.invoices import Invoice
from domain.month_runs import MonthClosing, State
from domain.months import Month
from domain.outbox import OutboxMessage
from domain.specification_lines import SpecificationLine
from domain.tickets import Ticket
from integrations.clock import SystemClock
from jobs import Portal, reports

MINUTES, MEMORY, TEN_TIMES = 10, 400, 11
WHOLE = Size(companies=700, travellers=75_000, lines=1_000_000)
WORKERS, LOOK_SECONDS, SWEEP_SECONDS, PATIENCE_SECONDS = 2, 0.5, 10, 300


def measure(database: str, size: Size = WHOLE) -> list[Row]:
    tenth = Size(size.companies, size.travellers, size.lines // 10)
    few, _, _ = run(database, tenth)
    whole, peak, made = run(database, size)
    _, _, killed = run(database, tenth, killed=True)
    lines = f"{size.lines:_} lines".replace("_", " ")
    return [
        at_most(f"month: {lines}, {WORKERS} workers", whole / 60, "minutes", MINUTES),
        at_most("month: memory of a worker, at its peak", peak, "MB", MEMORY),
        against("month: ten times the lines", whole, "s", floor=few, bar=TEN_TIMES),
        told("month: invoices", made, "invoices"),
        at_most("month: gaps and doubles when the workers are killed half way", killed, "", 0)]


def run(database: str, size: Size, *, killed: bool = False) -> tuple[float, float, int]:
    """Seconds until all is made, the megabytes of the worker that needed most, and how many
    invoices there are; of what is killed, how many are wrong."""
    with portal(database, clock=SystemClock()) as app:
        _months.fill(app.extensions["store"], size, ended())
        with working(app.config["PORTAL"], workers=WORKERS) as works, _watched(works) as peak:
            begun = perf_counter()
            reports.make_missing(job(app))
            works.queue.ring(app.extensions["world"].queue.rung)
            if killed:
                _until(lambda: _closed(app) >= size.companies // 2, app, works)
                _kill(works)
            _until(lambda: _left(app) == 0, app, works)
            seconds = perf_counter() - begun
        wrong = check(app)
        if wrong and not killed:
            raise RuntimeError(f"the month is not what was bought: {wrong}")
        with app.extensions["store"].session() as session:
            made = session.scalar(select(func.count()).select_from(Invoice))
        return seconds, max(peak), len(wrong) if killed else made


def ended() -> Month:
    return Month.of(SystemClock().now()).previous


def job(app: Flask) -> Portal:
    config: Config = app.config["PORTAL"]
    brand = config.brand
    return Portal(app.extensions["store"], app.extensions["world"], config.base_url,
                  config.sms_report_key, brand.name, brand.phone, brand.email,
                  brand.organisation_number, config.seller)


def _closed(app: Flask) -> int:
    with app.extensions["store"].session() as session:
        return session.scalar(select(func.count()).select_from(MonthClosing).where(
            MonthClosing.state == State.DONE))


def _left(app: Flask) -> int:
    """Companies to close and files to write."""
    with app.extensions["store"].session() as session:
        return session.scalar(select(func.count()).select_from(OutboxMessage).where(
            OutboxMessage.done_at.is_(None)))


def _until(it_is_so: Callable[[], bool], app: Flask, works: Works) -> None:
    """What nobody has rung for, or whose worker died with it, is rung for as the sweep would."""
    left, since = -1, perf_counter()
    while not it_is_so():
        time.sleep(LOOK_SECONDS)
        if left != (left := _left(app)):
            since = perf_counter()
        elif perf_counter() - since > PATIENCE_SECONDS:
            raise RuntimeError(f"{left} messages are left: {_troubled(app)}")
        elif (perf_counter() - since) % SWEEP_SECONDS < LOOK_SECONDS:
            _ring(app, works)


def _ring(app: Flask, works: Works) -> None:
    with app.extensions["store"].session() as session:
        works.queue.ring(outbox.due(session, now=SystemClock().now(), most=5_000))


def _troubled(app: Flask) -> list[str | None]:
    with app.extensions["store"].session() as session:
        return [message.last_error for message in outbox.troubled(session, most=3)]


def _kill(works: Works) -> None:
    """With all that they have begun; two others take over."""
    for worker in works.workers:
        for process in [*_below(worker.pid), worker.pid]:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        worker.wait()
    works.workers[:] = [works.start_worker() for _ in range(WORKERS)]


@contextmanager
def _watched(works: Works) -> Iterator[list[float]]:
    """What each worker has needed at most with its processes, in megabytes; what these share is
    shared out among them."""
    peak, over = [0.0], threading.Event()

    def watch() -> None:
        while not over.wait(LOOK_SECONDS):
            for worker in list(works.workers):
                peak[0] = max(peak[0], _megabytes(worker))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield peak
    finally:
        over.set()
        thread.join()


def _megabytes(worker: Popen) -> float:
    needed = 0
    for process in [worker.pid, *_below(worker.pid)]:
        with suppress(OSError, IndexError):
            rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
            needed += int(rollup.partition("Pss:")[2].split()[0])
    return needed / 1_000


def _below(process: int) -> list[int]:
    try:
        children = [int(each) for thread in Path(f"/proc/{process}/task").iterdir()
                    for each in (thread / "children").read_text().split()]
    except OSError:
        return []
    return [each for child in children for each in (child, *_below(child))]


def check(app: Flask) -> list[str]:
    """What is wrong: of the purchases, the lines, the invoices and their numbers."""
    with app.extensions["store"].session() as session:
        return [said for said, is_right in _checked(session) if not is_right]


def _checked(session: Session) -> Iterator[tuple[str, bool]]:
    line = SpecificationLine
    sold = session.execute(select(func.count(), func.sum(Ticket.price_ore),
                                  func.sum(Ticket.vat_ore))).one()
    lines = session.execute(select(func.count(line.ticket_id.distinct()), func.sum(line.price_ore),
                                   func.sum(line.vat_ore))).one()
    yield "lines and purchases", tuple(lines) == tuple(sold)
    yield "a purchase twice", session.scalar(select(func.count()).select_from(line)) == sold[0]
    on_invoices = session.execute(
        select(func.coalesce(func.sum(line.price_ore), 0), func.coalesce(func.sum(line.vat_ore), 0))
        .where(line.invoice_id.is_not(None))).one()
    invoiced = session.execute(select(
        func.coalesce(func.sum(Invoice.gross_ore), 0), func.coalesce(func.sum(Invoice.vat_ore), 0),
        func.count(), func.max(Invoice.number) - func.min(Invoice.number) + 1)).one()
    yield "invoices and their lines", tuple(on_invoices) == tuple(invoiced[:2])
    yield "a gap in the numbers", invoiced[2] == (invoiced[3] or 0)
    yield "a line on none", session.scalar(select(func.count()).select_from(line).where(
        line.invoice_id.is_(None), ~line.rolled_on)) == 0
    yield "a month that is not closed", session.scalar(
        select(func.count()).select_from(MonthClosing).where(MonthClosing.state != State.DONE)) == 0
