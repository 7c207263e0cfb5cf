"""What the sandbox remembers, in one SQLite file that threads and processes may share."""
import sqlite3
from threading import RLock
from weakref import finalize

SCHEMA = """
create table if not exists orders (
    ref text primary key,
    auto_start_token text not null unique,
    qr_start_token text not null unique,
    qr_start_secret text not null,
    kind text not null,
    end_user_ip text not null,
    return_url text,
    text text,
    personal_number text,
    made_at real not null,
    opened_at real,
    opened_by text,
    device_ip text,
    persona text,
    wrong_codes integer not null default 0,
    status text not null default 'pending',
    hint_code text not null default 'outstandingTransaction',
    ended_at real,
    collected_at real
);
create table if not exists sms (
    id text primary key,
    made_at real not null,
    sender text not null,
    recipient text not null,
    text text not null,
    secret integer not null,
    parts integer not null,
    status text not null default 'created',
    delivered_at real
);
create index if not exists sms_of_a_phone on sms (recipient, made_at);
create table if not exists reports (
    id integer primary key,
    sms_id text not null references sms (id),
    status text not null,
    url text,
    due_at real not null,
    tries integer not null default 0
);
create table if not exists mails (
    id integer primary key,
    received_at real not null,
    recipients text not null,
    raw blob not null
);
create table if not exists faults (name text primary key);
create table if not exists bus_entries (
    ticket text primary key,
    card text not null,
    said text not null
);
create index if not exists bus_entries_of_a_card on bus_entries (card);
create table if not exists bus_blocked (ticket text primary key, reason text not null);
create table if not exists bus_reports (event_id text primary key, said text not null);
create table if not exists bus_purses (card text primary key, said text not null);
create table if not exists bus_payments (event_id text primary key, said text not null);
create table if not exists bus_knows (name text primary key, value text not null);
create table if not exists app_knows (name text primary key, value text not null);
create table if not exists app_travellers (
    id text primary key,
    token text not null,
    user_name text not null,
    employer text not null,
    registered_at real not null
);
create table if not exists app_events (id text primary key, at real not null, said text not null);
create table if not exists callbacks (
    id integer primary key,
    service text not null,
    url text not null,
    headers text not null,
    body text not null,
    due_at real not null,
    tries integer not null default 0
);
create table if not exists swish_payments (
    id text primary key,
    token text unique,
    reference text,
    callback_url text not null,
    callback_identifier text,
    payer text,
    payee text not null,
    ore integer not null,
    message text not null,
    made_at real not null,
    status text not null default 'CREATED',
    payment_reference text unique,
    ended_at real,
    error_code text
);
create table if not exists swish_refunds (
    id text primary key,
    payment_reference text not null,
    reference text,
    callback_url text not null,
    callback_identifier text,
    payer text not null,
    payee text not null,
    ore integer not null,
    message text not null,
    made_at real not null,
    status text not null default 'CREATED',
    ended_at real,
    error_code text
);
create table if not exists nets_payments (
    id text primary key,
    made_at real not null,
    said text not null,
    ore integer not null,
    reserved integer not null default 0,
    charged integer not null default 0,
    cancelled integer not null default 0,
    charge_id text unique,
    card text,
    completed_at real,
    terminated_at real
);
create table if not exists peppol_messages (
    id text primary key,
    key text not null unique,
    sender text not null,
    receiver text not null,
    kind text not null,
    number text not null,
    document blob not null,
    made_at real not null,
    status text not null default 'queued',
    reason text not null default '',
    answered_at real
);
create table if not exists nets_refunds (
    id text primary key,
    payment_id text not null references nets_payments (id),
    key text unique,
    ore integer not null,
    made_at real not null,
    state text not null default 'Pending'
);
"""


class Store:
    def __init__(self, path: str):
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=30)
        finalize(self, self._db.close)
        self._lock = RLock()
        self._db.row_factory = sqlite3.Row
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = off")
        self._db.executescript(SCHEMA)

    def rows(self, sql, **values) -> list[sqlite3.Row]:
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def row(self, sql, **values) -> sqlite3.Row | None:
        with self._lock:
            return self._db.execute(sql, values).fetchone()

    def change(self, sql, **values) -> int:
        """How many rows were changed."""
        with self._lock:
            return self._db.execute(sql, values).rowcount
