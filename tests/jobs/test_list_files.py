import csv
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from sqlalchemy import func, select

from domain import list_files, saved_reports, traveller_changes
from domain.access import Scope
from domain.errors import Conflict, NotFound
from domain.list_files import Format, ListFile, ListFilePiece, State, What
from domain.months import Month
from domain.rules import Rules
from domain.statistic_groups import Wish
from jobs import list_files as writing
from jobs import outbox, retention
from jobs import saved_reports as sending
from tests.conftest import NOON
from tests.factories import NOBODY

OCTOBER = Month(2026, 10)
EARLIER = datetime(2026, 10, 28, 11, tzinfo=UTC)
FIRST = datetime(2026, 12, 1, 6, tzinfo=UTC)


@pytest.fixture
def company(make):
    make.price_list()
    return make.company()


@pytest.fixture
def alva(make, company):
    return make.traveller(company, "Alva", "Ek")


@pytest.fixture
def order(db, store, company):
    def order(what=What.PURCHASES, form=Format.CSV, within=None, **how):
        with store.transaction(db):
            return list_files.order(db, what, Wish(OCTOBER, OCTOBER), form, name="Lista",
                                    by="Åsa Öberg", within=within or Scope(company.id), now=NOON,
                                    **how)
    return order


@pytest.fixture
def deliver(db, mail):
    """What is due, and the letters that come of it."""
    def deliver():
        for _ in range(2):
            outbox.sweep(mail)
        db.rollback()
        db.expire_all()
    return deliver


def content(db, kept):
    return b"".join(list_files.pieces(db, kept))


def rows(text):
    return list(csv.reader(StringIO(text.decode("utf-8-sig")), delimiter=";"))


def test_all_purchases_of_a_period_are_written_and_none_of_others(
        make, db, alva, order, deliver):
    make.ticket(alva, at=EARLIER)
    make.ticket(alva, at=NOON)
    make.ticket(make.traveller(make.company()), at=EARLIER)
    kept = order()
    deliver()
    assert (kept.state, kept.total, kept.ready_at) == (State.READY, 1, NOON)
    [head, row] = rows(content(db, kept))
    assert len(content(db, kept)) == kept.size
    assert (head[0], row[0], row[6], row[11]) == ("Köpt", "2026-10-28 12:00", "Alva Ek", "42,00")


@pytest.mark.parametrize("what", What)
@pytest.mark.parametrize("form", Format)
def test_each_list_is_written_in_each_format(make, db, alva, order, deliver, what, form):
    connection = make.connection(alva, registered=True)
    make.purchase(connection, at=EARLIER, purpose="=Kundbesök")
    kept = order(what, form)
    deliver()
    assert kept.state == State.READY
    if form is Format.XLSX:
        assert ZipFile(BytesIO(content(db, kept))).testzip() is None


def test_a_department_administrators_file_holds_what_they_administer(
        make, db, company, alva, order, deliver):
    room = make.department(company)
    make.ticket(make.traveller(department=room), at=EARLIER)
    make.ticket(alva, at=EARLIER)
    theirs, whole = Scope(company.id, frozenset({room.id})), Scope(company.id)
    kept, all_of_it = order(within=theirs), order()
    deliver()
    assert (kept.total, all_of_it.total) == (1, 2)
    assert list_files.find(db, kept.id, within=whole) is kept
    assert list_files.latest(db, within=theirs) == [kept]
    for file, within in ((all_of_it, theirs), (kept, Scope(make.company().id))):
        with pytest.raises(NotFound):
            list_files.find(db, file.id, within=within)


def test_how_far_it_has_come_is_told_on_the_way(
        make, db, alva, order, portal, monkeypatch):
    monkeypatch.setattr(writing, "TOLD_EACH", 2)
    for _ in range(5):
        make.ticket(alva, at=EARLIER)
    kept, seen = order(), []
    tell = list_files.progressed
    monkeypatch.setattr(list_files, "progressed", lambda session, file, done, total, now: (
        seen.append((done, total)), tell(session, file, done, total, now=now)))
    with portal.store.session() as session:
        writing.write(portal, session, file_id=kept.id)
    assert seen == [(0, 5), (2, 5), (4, 5)]


class Death(BaseException):
    """The worker is killed: nothing in it can catch this."""


def test_a_worker_that_dies_is_followed_by_another_and_the_file_is_whole(
        make, db, clock, alva, order, portal, deliver, monkeypatch):
    make.ticket(alva, at=EARLIER)
    kept = order()

    def die(*_arguments, **_more):
        raise Death
    with monkeypatch.context() as patch, portal.store.session() as session:
        patch.setattr(list_files, "finish", die)
        with pytest.raises(Death):
            writing.write(portal, session, file_id=kept.id)
    with portal.store.session() as session, pytest.raises(Conflict):
        writing.write(portal, session, file_id=kept.id)  # it may be at work still
    clock.at += timedelta(minutes=5)
    deliver()
    assert (kept.state, kept.total) == (State.READY, 1)
    assert len(rows(content(db, kept))) == 2


def test_what_is_written_twice_is_there_once(make, db, alva, order, portal, deliver):
    make.ticket(alva, at=EARLIER)
    kept = order()
    deliver()
    before = content(db, kept)
    with portal.store.session() as session:
        writing.write(portal, session, file_id=kept.id)
    assert content(db, kept) == before


def test_files_are_forgotten_after_thirty_days(db, clock, order, portal, deliver):
    order()
    deliver()
    clock.at += timedelta(days=29)
    retention.forget_old(portal)
    assert db.scalar(select(func.count()).select_from(ListFile)) == 1
    clock.at += timedelta(days=2)
    retention.forget_old(portal)
    db.rollback()
    for table in (ListFile, ListFilePiece):
        assert db.scalar(select(func.count()).select_from(table)) == 0


def test_files_with_names_are_forgotten_when_somebody_becomes_protected(
        make, db, store, alva, order, deliver):
    sums = order(What.BY_MONTH)
    order(What.BY_PERSON)
    deliver()
    with store.transaction(db):
        traveller_changes.change(db, alva, alva.department, replace(alva.details, protected=True),
                                 by=NOBODY, now=NOON)
    assert files(db) == [sums]


def test_so_many_are_written_at_once(order, store, db):
    db.info["rules"] = replace(Rules(), list_files_busy_max=1)
    order()
    with pytest.raises(Conflict):
        order()


@pytest.fixture
def save(make, db, store, company):
    admin = make.actor(make.admin(company, email="asa@bolaget.example"))

    def save(what=What.BY_MONTH, *, monthly=True, by=admin):
        with store.transaction(db):
            return saved_reports.save(db, "Vårt resande", what, Format.CSV, months=1,
                                      department_id=None, service=None, monthly=monthly, by=by,
                                      now=NOON)
    return save


def files(db):
    db.rollback()
    return db.scalars(select(ListFile)).all()


def test_a_saved_report_is_sent_once_each_month_and_not_in_the_one_it_was_saved_in(
        make, db, clock, stage, alva, portal, save, deliver):
    make.ticket(alva, at=NOON)
    save()
    sending.send(portal)
    assert files(db) == []
    clock.at = FIRST
    sending.send(portal)
    sending.send(portal)
    [kept] = files(db)
    assert (kept.wish.first, kept.wish.last) == (Month(2026, 11), Month(2026, 11))
    deliver()
    [letter] = stage.mailbox.mails()
    assert (letter["Subject"], letter["To"]) == (
        "Rapport: Vårt resande", "asa@bolaget.example")
    [enclosed] = letter.iter_attachments()
    assert (enclosed.get_content_type(), enclosed.get_filename()) == (
        "text/csv", "Vårt resande 2026-11–2026-11.csv")
    assert rows(enclosed.get_payload(decode=True))[1][:3] == ["november 2026", "1", "42,00"]


def test_a_list_of_persons_is_never_enclosed(db, clock, stage, portal, save, deliver):
    save(What.BY_PERSON)
    clock.at = FIRST
    sending.send(portal)
    deliver()
    [letter] = stage.mailbox.mails()
    [kept] = files(db)
    assert list(letter.iter_attachments()) == []
    assert f"/foretag/rapporter/filer/{kept.id}" in letter.get_body(("plain",)).get_content()


def test_whoever_administers_nothing_any_longer_is_sent_nothing(
        make, db, store, clock, company, portal, save):
    room = make.department(company)
    person = make.department_admin(room, given_name="Dan")
    save(by=make.actor(person))
    with store.transaction(db):
        db.delete(person.posts[0])
    clock.at = FIRST
    sending.send(portal)
    assert files(db) == []


def test_it_tells_of_what_they_administer_then(make, db, clock, company, portal, save):
    room = make.department(company)
    save(by=make.actor(make.department_admin(room, given_name="Dan", email="dan@b.example")))
    clock.at = FIRST
    sending.send(portal)
    [kept] = files(db)
    assert kept.scope == Scope(company.id, frozenset({room.id}))


def test_it_is_sent_no_longer_when_its_owner_says_so(db, store, clock, portal, save):
    report = save()
    with store.transaction(db):
        saved_reports.send_monthly(report, False, now=NOON)
    clock.at = FIRST
    sending.send(portal)
    assert files(db) == []
