"""Swish's payment requests and refunds: how they begin, go on and end. Times as in Swish's own test
environment; a payment and its refunds belong together, as they do for real."""
from datetime import UTC, datetime
from sqlite3 import Row
from uuid import uuid4

from sandbox.callbacks import Callbacks
from sandbox.store import Store

ANSWERS_AFTER = 4
"""A request to a number is answered by itself, and each step of a refund is taken."""
OPEN_FOR = 180
REFUNDED_WITHIN = 395 * 86_400
OF_THE_DEMO = "DEMO"
"""So begins what a payment is called that the demo says was made, before anyone was here."""
PAYER = "46464646464"
ERRORS = {
    "RF07": "Transaction declined", "BANKIDCL": "Payer cancelled BankID signing",
    "FF10": "Bank system processing error",
    "TM01": "Swish timed out before the payment was started",
    "DS24": "Swish timed out waiting for an answer from the banks after payment was started",
    "VR01": "Payer does not meet age limit", "VR02": "The payer SSN does not match",
}
"""That a payment ends with later; a message that is one of them orders it."""
REFUND_ERRORS = {code: ERRORS[code] for code in ("RF07", "BANKIDCL", "FF10", "DS24")}
UNKNOWN = "DS24"


class NoSuchRequest(Exception):
    pass


class TooLate(Exception):
    """It is paid, or over."""


class SwishRequests:
    def __init__(self, store: Store, clock, callbacks: Callbacks):
        self._store = store
        self._clock = clock
        self._callbacks = callbacks

    # what the merchant asks for

    def make(self, id: str, *, reference: str | None, callback_url: str,
             callback_identifier: str | None, payer: str | None, payee: str, ore: int,
             message: str) -> Row:
        """With a token when it is to no number: then a person opens the app with it."""
        self._store.change(
            "insert into swish_payments (id, token, reference, callback_url, callback_identifier, "
            "payer, payee, ore, message, made_at) values (:id, :token, :reference, :url, "
            ":identifier, :payer, :payee, :ore, :message, :now)",
            id=id, token=None if payer else uuid4().hex, reference=reference, url=callback_url,
            identifier=callback_identifier, payer=payer, payee=payee, ore=ore, message=message,
            now=self._now())
        return self.find(id)

    def find(self, id: str) -> Row:
        self.settle()
        return self._row("select * from swish_payments where id = :id", id=id)

    def has(self, id: str) -> bool:
        return self._store.row("select 1 from swish_payments where id = :id", id=id) is not None

    def is_open_for(self, payer: str) -> bool:
        self.settle()
        return self._store.row("select 1 from swish_payments where payer = :payer and "
                               "status = 'CREATED'", payer=payer) is not None

    def cancel(self, id: str) -> Row:
        self.find(id)
        self._end(id, "CANCELLED")
        return self.find(id)

    # what the payer does with the app

    def open(self) -> list[Row]:
        """The newest first, with those that nobody knows yet how they went."""
        self.settle()
        return self._store.rows(
            "select * from swish_payments where status = 'CREATED' or error_code = :unknown "
            "order by made_at desc, rowid desc", unknown=UNKNOWN)

    def opened(self, token: str) -> Row:
        self.settle()
        return self._row("select * from swish_payments where token = :token", token=token)

    def pay(self, id: str) -> None:
        self._end(id, "PAID")

    def decline(self, id: str) -> None:
        self._end(id, "DECLINED")

    def fail(self, id: str, code: str) -> None:
        self._end(id, "ERROR", code)

    def learn(self, id: str, *, paid: bool) -> None:
        """The bank that did not answer does. Nobody is called: who wants to know asks."""
        self._store.change(
            "update swish_payments set status = :status, error_code = :code, "
            "payment_reference = iif(:paid, :reference, null), ended_at = :now "
            "where id = :id and error_code = :unknown",
            status="PAID" if paid else "ERROR", code=None if paid else "RF07", paid=paid,
            reference=uuid4().hex.upper(), now=self._now(), id=id, unknown=UNKNOWN)

    # refunds

    def paid_as(self, payment_reference: str) -> Row | None:
        """The payment, when it is not too old to pay back."""
        self.settle()
        return self._store.row(
            "select * from swish_payments where payment_reference = :reference and "
            "ended_at >= :oldest", reference=payment_reference,
            oldest=self._now() - REFUNDED_WITHIN)

    def demo(self, payment_reference: str, payee: str) -> Row | None:
        """A payment of the demo, taken to be as large as anyone wants back."""
        if not payment_reference.startswith(OF_THE_DEMO):
            return None
        self._store.change(
            "insert into swish_payments (id, callback_url, payer, payee, ore, message, made_at, "
            "status, payment_reference, ended_at) values (:reference, '', :payer, :payee, :ore, "
            "'', :now, 'PAID', :reference, :now)", reference=payment_reference, payer=PAYER,
            payee=payee, ore=100_000_000, now=self._now())
        return self.paid_as(payment_reference)

    def left(self, payment: Row) -> int:
        """Öre that can be paid back."""
        gone = self._store.row(
            "select coalesce(sum(ore), 0) as ore from swish_refunds where "
            "payment_reference = :reference and status != 'ERROR'",
            reference=payment["payment_reference"])
        return payment["ore"] - gone["ore"]

    def refund(self, id: str, payment: Row, *, reference: str | None, callback_url: str,
               callback_identifier: str | None, ore: int, message: str) -> None:
        self._store.change(
            "insert into swish_refunds (id, payment_reference, reference, callback_url, "
            "callback_identifier, payer, payee, ore, message, made_at) values (:id, :paid, "
            ":reference, :url, :identifier, :payer, :payee, :ore, :message, :now)",
            id=id, paid=payment["payment_reference"], reference=reference, url=callback_url,
            identifier=callback_identifier, payer=payment["payee"],
            payee=payment["payer"] or PAYER, ore=ore, message=message, now=self._now())

    def has_refund(self, id: str) -> bool:
        return self._store.row("select 1 from swish_refunds where id = :id", id=id) is not None

    def find_refund(self, id: str) -> Row:
        self.settle()
        return self._row("select * from swish_refunds where id = :id", id=id)

    def refunds(self) -> list[Row]:
        self.settle()
        return self._store.rows("select * from swish_refunds order by made_at desc limit 50")

    def settle(self) -> None:
        """Lets time have its effect, and puts what the merchant is to be told."""
        now = self._now()
        for row in self._store.rows("select * from swish_payments where status = 'CREATED' and "
                                    "made_at <= :then", then=now - ANSWERS_AFTER):
            if row["message"] in ERRORS:
                self._over(row["id"], "ERROR", row["message"])
            elif row["payer"]:
                self._over(row["id"], "PAID")
            elif row["made_at"] <= now - OPEN_FOR:
                self._over(row["id"], "ERROR", "TM01")
        for step, (before, after) in enumerate((("CREATED", "DEBITED"), ("DEBITED", "PAID")), 1):
            for row in self._store.rows(
                    "select * from swish_refunds where status = :before and made_at <= :then",
                    before=before, then=now - step * ANSWERS_AFTER):
                code = row["message"] if row["message"] in REFUND_ERRORS else None
                self._step(row, "ERROR" if code else after, code)

    # inner workings

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _row(self, sql: str, **values) -> Row:
        row = self._store.row(sql, **values)
        if row is None:
            raise NoSuchRequest
        return row

    def _end(self, id: str, status: str, code: str | None = None) -> None:
        self.settle()
        if not self._over(id, status, code):
            raise TooLate

    def _over(self, id: str, status: str, code: str | None = None) -> bool:
        """Once: the merchant is told."""
        over = self._store.change(
            "update swish_payments set status = :status, error_code = :code, ended_at = :now, "
            "payment_reference = iif(:status = 'PAID', :reference, null) "
            "where id = :id and status = 'CREATED'",
            status=status, code=code, now=self._now(), reference=uuid4().hex.upper(), id=id)
        if over:
            row = self._row("select * from swish_payments where id = :id", id=id)
            self._tell(row, shown(row))
        return bool(over)

    def _step(self, refund: Row, status: str, code: str | None) -> None:
        if self._store.change(
                "update swish_refunds set status = :status, error_code = :code, ended_at = :now "
                "where id = :id and status = :before", status=status, code=code,
                now=self._now(), id=refund["id"], before=refund["status"]):
            row = self._row("select * from swish_refunds where id = :id", id=refund["id"])
            self._tell(row, shown_refund(row), rank=0 if status == "DEBITED" else 2)

    def _tell(self, row: Row, body: dict, *, rank: int = 0) -> None:
        headers = {"callbackIdentifier": row["callback_identifier"] or ""}
        self._callbacks.put("swish", row["callback_url"], body, headers, rank=rank)


def shown(row: Row) -> dict:
    """A payment as Swish tells of it."""
    code = row["error_code"]
    return {
        "id": row["id"], "payeePaymentReference": row["reference"],
        "paymentReference": row["payment_reference"], "callbackUrl": row["callback_url"],
        "callbackIdentifier": row["callback_identifier"], "payerAlias": row["payer"] or PAYER,
        "payeeAlias": row["payee"], "amount": row["ore"] / 100, "currency": "SEK",
        "message": row["message"], "status": row["status"], "dateCreated": _written(row["made_at"]),
        "datePaid": _written(row["ended_at"]) if row["status"] == "PAID" else None,
        "errorCode": code, "errorMessage": code and ERRORS[code],
    }


def shown_refund(row: Row) -> dict:
    code = row["error_code"]
    return {
        "id": row["id"], "originalPaymentReference": row["payment_reference"],
        "payerPaymentReference": row["reference"], "callbackUrl": row["callback_url"],
        "callbackIdentifier": row["callback_identifier"], "payerAlias": row["payer"],
        "payeeAlias": row["payee"], "amount": row["ore"] / 100, "currency": "SEK",
        "message": row["message"], "status": row["status"], "dateCreated": _written(row["made_at"]),
        "datePaid": _written(row["ended_at"]) if row["status"] == "PAID" else None,
        "errorCode": code, "errorMessage": code and ERRORS[code],
    }


def _written(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
