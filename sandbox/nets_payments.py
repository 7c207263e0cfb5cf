"""Nets Easy's payments: what is reserved, charged, let go of and paid back."""
import json
from datetime import UTC, datetime
from sqlite3 import Row
from uuid import uuid4

from sandbox.callbacks import Callbacks
from sandbox.faults import NETS_REFUNDS_FAIL, Faults
from sandbox.store import Store

CARD = "492500******0004"
REFUNDED_AFTER = 4
"""Seconds."""
MERCHANT = 100001


class NoSuchPayment(Exception):
    pass


class NotNow(Exception):
    """The payment has come too far for that, or not far enough."""


class NetsPayments:
    def __init__(self, store: Store, clock, callbacks: Callbacks, faults: Faults):
        self._store = store
        self._clock = clock
        self._callbacks = callbacks
        self._faults = faults

    # what the merchant asks for

    def make(self, said: dict) -> Row:
        id = uuid4().hex
        self._store.change(
            "insert into nets_payments (id, made_at, said, ore) values (:id, :now, :said, :ore)",
            id=id, now=self._now(), said=json.dumps(said), ore=said["order"]["amount"])
        row = self.find(id)
        self._tell(row, "payment.created", {"order": said["order"]})
        return row

    def find(self, id: str) -> Row:
        row = self._store.row("select * from nets_payments where id = :id", id=id)
        if row is None:
            raise NoSuchPayment
        return row

    def of_charge(self, charge_id: str) -> Row:
        row = self._store.row("select * from nets_payments where charge_id = :id", id=charge_id)
        if row is None:
            raise NoSuchPayment
        return row

    def terminate(self, id: str) -> None:
        self._only(id, "terminated_at = :now", "completed_at is null and terminated_at is null",
                   now=self._now())

    def cancel(self, id: str, ore: int) -> None:
        self._only(id, "cancelled = reserved, reserved = 0",
                   "reserved = :ore and charged = 0 and cancelled = 0", ore=ore)
        self._tell(self.find(id), "payment.cancel.created", {"amount": _amount(ore)})

    def refund(self, payment: Row, ore: int, key: str | None) -> str:
        """Once for each key."""
        had = key and self._store.row("select id from nets_refunds where key = :key", key=key)
        if had:
            return had["id"]
        if ore > payment["charged"] - self.refunded(payment["id"]):
            raise NotNow
        id = uuid4().hex
        self._store.change("insert into nets_refunds (id, payment_id, key, ore, made_at) values "
                           "(:id, :payment, :key, :ore, :now)", id=id, payment=payment["id"],
                           key=key, ore=ore, now=self._now())
        self._tell(payment, "payment.refund.initiated.v2",
                   {"refundId": id, "chargeId": payment["charge_id"], "amount": _amount(ore)})
        return id

    def refunded(self, id: str) -> int:
        return self._store.row("select coalesce(sum(ore), 0) as ore from nets_refunds where "
                               "payment_id = :id and state != 'Failed'", id=id)["ore"]

    def refunds(self, id: str) -> list[Row]:
        self.settle()
        return self._store.rows(
            "select * from nets_refunds where payment_id = :id order by made_at", id=id)

    def find_refund(self, id: str) -> Row:
        self.settle()
        row = self._store.row("select * from nets_refunds where id = :id", id=id)
        if row is None:
            raise NoSuchPayment
        return row

    # what happens on the hosted page

    def open(self) -> list[Row]:
        return self._store.rows("select * from nets_payments where completed_at is null and "
                                "terminated_at is null order by made_at desc limit 50")

    def pay(self, id: str, *, charges: bool = True) -> Row:
        """`charges`: whether the money that is reserved can be drawn."""
        self._only(id, "completed_at = :now, reserved = ore, card = :card",
                   "completed_at is null and terminated_at is null", now=self._now(), card=CARD)
        row = self.find(id)
        amount = {"amount": _amount(row["ore"])}
        self._tell(row, "payment.reservation.created.v2", amount, rank=1)
        self._tell(row, "payment.checkout.completed", {"order": amount}, rank=2)
        if not json.loads(row["said"])["checkout"].get("charge"):
            return row
        if charges:
            self._only(id, "charged = ore, charge_id = :charge", "charged = 0", charge=uuid4().hex)
            row = self.find(id)
            self._tell(row, "payment.charge.created.v2", amount | {"chargeId": row["charge_id"]},
                       rank=3)
        else:
            self._tell(row, "payment.charge.failed", amount | {"error": "declined"}, rank=3)
        return row

    def refuse(self, id: str, why: str) -> Row:
        """The bank says no. Whoever pays may try again."""
        row = self.find(id)
        self._tell(row, "payment.reservation.failed",
                   {"amount": _amount(row["ore"]), "error": {"code": "99", "message": why}})
        return row

    def settle(self) -> None:
        """Lets time have its effect on refunds."""
        state = "Failed" if NETS_REFUNDS_FAIL in self._faults.on() else "Completed"
        for row in self._store.rows("select * from nets_refunds where state = 'Pending' and "
                                    "made_at <= :then", then=self._now() - REFUNDED_AFTER):
            if self._store.change("update nets_refunds set state = :state where id = :id and "
                                  "state = 'Pending'", state=state, id=row["id"]):
                self._tell(self.find(row["payment_id"]), f"payment.refund.{state.lower()}",
                           {"refundId": row["id"], "amount": _amount(row["ore"])}, rank=1)

    # inner workings

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _only(self, id: str, what: str, when: str, **values) -> None:
        self.find(id)
        if not self._store.change(f"update nets_payments set {what} "  # noqa: S608 - our own words
                                  f"where id = :id and {when}", id=id, **values):
            raise NotNow

    def _tell(self, row: Row, event: str, data: dict, *, rank: int = 0) -> None:
        """Those who asked to know of it."""
        hooks = json.loads(row["said"]).get("notifications", {}).get("webHooks", [])
        merchant = "merchantNumber" if event.endswith(".v2") else "merchantId"
        moment = datetime.fromtimestamp(self._now(), UTC).isoformat()
        for hook in hooks:
            if hook["eventName"] == event:
                self._callbacks.put("nets", hook["url"], {
                    "id": uuid4().hex, "timestamp": moment, merchant: MERCHANT, "event": event,
                    "data": {"paymentId": row["id"], **data},
                }, {"Authorization": hook["authorization"]}, rank=rank)


def _amount(ore: int) -> dict:
    return {"amount": ore, "currency": "SEK"}
