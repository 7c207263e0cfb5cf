"""BankID's orders: how they begin, go on and end. Times as in BankID's own documents."""
import hmac
from sqlite3 import Row
from uuid import uuid4

from sandbox.personas import BY_NUMBER, FAILING, PAUSING, SECURITY_CODE, Persona
from sandbox.store import Store

START_WITHIN = 30
FINISH_WITHIN = 180
KEPT_COMPLETE = 180
KEPT_FAILED = 300
KEPT_NEVER_STARTED = 190
QR_OFF_BY = 5
WRONG_CODES = 3


class NoSuchOrder(Exception):
    """Or it is over, or has already been given out."""


class AlreadyInProgress(Exception):
    pass


class CannotScan(Exception):
    """The message is a Swedish sentence for the page."""


class Orders:
    def __init__(self, store: Store, clock):
        self._store = store
        self._clock = clock

    # what the relying party asks for

    def make(self, kind: str, *, end_user_ip: str, return_url: str | None = None,
             text: str | None = None, personal_number: str | None = None) -> Row:
        if personal_number and self._give_way(personal_number):
            raise AlreadyInProgress
        ref = str(uuid4())
        self._store.change(
            "insert into orders (ref, auto_start_token, qr_start_token, qr_start_secret, kind, "
            "end_user_ip, return_url, text, personal_number, made_at) values (:ref, :auto, :qr, "
            ":secret, :kind, :ip, :return_url, :text, :number, :now)",
            ref=ref, auto=str(uuid4()), qr=str(uuid4()), secret=str(uuid4()), kind=kind,
            ip=end_user_ip, return_url=return_url, text=text, number=personal_number,
            now=self._now())
        return self.find(ref)

    def collect(self, ref: str) -> Row:
        """A finished order is given out once."""
        order = self.find(ref)
        if order["status"] != "pending" and not self._store.change(
                "update orders set collected_at = :now where ref = :ref and collected_at is null",
                now=self._now(), ref=ref):
            raise NoSuchOrder
        return order

    def cancel(self, ref: str) -> None:
        self._settle()
        if not self._store.change(
                "delete from orders where ref = :ref and status = 'pending'", ref=ref):
            raise NoSuchOrder

    # what the person does with the app

    def pending(self) -> list[Row]:
        """The newest first."""
        self._settle()
        return self._store.rows(
            "select * from orders where status = 'pending' order by made_at desc, rowid desc")

    def find(self, ref: str) -> Row:
        self._settle()
        order = self._store.row("select * from orders where ref = :ref", ref=ref)
        if order is None:
            raise NoSuchOrder
        return order

    def qr_content(self, ref: str) -> str:
        """What a screen that shows this order's QR code shows now."""
        order = self.find(ref)
        seconds = int(self._now() - order["made_at"])
        return f"bankid.{order['qr_start_token']}.{seconds}.{_qr_code(order, seconds)}"

    def scan(self, content: str, *, device_ip: str) -> Row:
        """Raises CannotScan when the content is not a QR code of now."""
        try:
            scheme, token, seconds, code = content.strip().split(".")
            shown_at = int(seconds)
        except ValueError:
            raise CannotScan("Det där är inte en QR-kod från BankID.") from None
        self._settle()
        order = self._store.row("select * from orders where qr_start_token = :token", token=token)
        if scheme != "bankid" or order is None:
            raise CannotScan("QR-koden hör inte till någon order.")
        if not hmac.compare_digest(code, _qr_code(order, shown_at)):
            raise CannotScan("QR-kodens kontroll stämmer inte.")
        if abs(self._now() - order["made_at"] - shown_at) > QR_OFF_BY:
            raise CannotScan("QR-koden är för gammal. Den byts varje sekund.")
        return self._open(order, "qr", device_ip)

    def start(self, auto_start_token: str, *, redirect: str | None, device_ip: str) -> Row:
        """The app is opened on the same device. The order's own return address comes first."""
        self._settle()
        order = self._store.row(
            "select * from orders where auto_start_token = :token", token=auto_start_token)
        if order is None:
            raise CannotScan("Ordern finns inte längre.")
        if redirect and redirect != "null":
            self._store.change("update orders set return_url = coalesce(return_url, :redirect) "
                               "where ref = :ref", redirect=redirect, ref=order["ref"])
        return self._open(order, "autostart", device_ip)

    def choose(self, ref: str, persona: Persona) -> None:
        if self.find(ref)["personal_number"] not in (None, persona.personal_number):
            raise CannotScan("Ordern gäller någon annan.")
        self._change(ref, "persona = :persona", persona=persona.personal_number)
        if persona in FAILING:
            self.fail(ref, persona.hint_code)
        else:
            self.go_on(ref, persona.hint_code if persona in PAUSING else "userSign")

    def go_on(self, ref: str, hint_code: str = "userSign") -> None:
        self._change(ref, "hint_code = :hint_code", hint_code=hint_code)

    def identify(self, ref: str, code: str = SECURITY_CODE) -> bool:
        """Whether the security code was right. The third wrong one locks the BankID."""
        if self.find(ref)["hint_code"] != "userSign":
            raise NoSuchOrder
        if code == SECURITY_CODE:
            self._change(ref, "status = 'complete', ended_at = :now", now=self._now())
            return True
        self._change(ref, "wrong_codes = wrong_codes + 1")
        if self.find(ref)["wrong_codes"] >= WRONG_CODES:
            self.fail(ref, "certificateErr")
        return False

    def fail(self, ref: str, hint_code: str) -> None:
        self._change(ref, "status = 'failed', hint_code = :hint_code, ended_at = :now",
                     hint_code=hint_code, now=self._now())

    # inner workings

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _open(self, order: Row, by: str, device_ip: str) -> Row:
        if order["opened_at"] is None:
            self._change(order["ref"], "opened_at = :now, opened_by = :by, device_ip = :ip, "
                         "hint_code = 'started'", now=self._now(), by=by, ip=device_ip)
        return self.find(order["ref"])

    def _change(self, ref: str, what: str, **values) -> None:
        """Only an order that is under way can be changed."""
        self._settle()
        if not self._store.change(f"update orders set {what} "  # noqa: S608 - our own words
                                  "where ref = :ref and status = 'pending'", ref=ref, **values):
            raise NoSuchOrder

    def _give_way(self, personal_number: str) -> int:
        """Two orders for one person at a time: both fall."""
        self._settle()
        return self._store.change(
            "update orders set status = 'failed', hint_code = 'cancelled', ended_at = :now "
            "where personal_number = :number and status = 'pending'",
            number=personal_number, now=self._now())

    def _settle(self) -> None:
        """Lets time have its effect."""
        now = self._now()
        self._store.change(
            "update orders set status = 'failed', ended_at = made_at + :limit, hint_code = "
            "iif(personal_number is null, 'startFailed', 'expiredTransaction') "
            "where status = 'pending' and opened_at is null and made_at < :now - :limit",
            now=now, limit=START_WITHIN)
        self._store.change(
            "update orders set status = 'failed', hint_code = 'expiredTransaction', "
            "ended_at = made_at + :limit where status = 'pending' and made_at < :now - :limit",
            now=now, limit=FINISH_WITHIN)
        self._store.change(
            "delete from orders where (status = 'complete' and ended_at < :now - :complete) or "
            "(status = 'failed' and ended_at < :now - :failed) or "
            "(status = 'failed' and opened_at is null and made_at < :now - :never_started)",
            now=now, complete=KEPT_COMPLETE, failed=KEPT_FAILED,
            never_started=KEPT_NEVER_STARTED)


def persona_of(order: Row) -> Persona | None:
    return BY_NUMBER.get(order["persona"])


def _qr_code(order: Row, seconds: int) -> str:
    return hmac.new(order["qr_start_secret"].encode(), str(seconds).encode(), "sha256").hexdigest()
