"""The SMS that have been sent, and the delivery reports about them. A number's last two digits
decide what becomes of its messages."""
from datetime import UTC, datetime
from sqlite3 import Row
from uuid import uuid4

import httpx

from sandbox.store import Store

FAILS, NEVER_ARRIVES, REFUSED = "99", "98", "97"
PRICE = 5200
"""Of one part, in 1/10 000 of a krona."""
TRY_AGAIN_AFTER = (1, 5, 30, 120)
GSM_7 = set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
            "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà")
GSM_7_TWICE = set("^{}\\[~]|€")


class Phones:
    def __init__(self, store: Store, clock):
        self._store = store
        self._clock = clock

    def take(self, *, sender: str, to: str, text: str, secret: bool,
             report_url: str | None) -> Row:
        """A message accepted. What becomes of it happens at the next `report`."""
        id, now = f"s{uuid4().hex}", self._clock.now().timestamp()
        self._store.change(
            "insert into sms (id, made_at, sender, recipient, text, secret, parts) "
            "values (:id, :now, :sender, :to, :text, :secret, :parts)",
            id=id, now=now, sender=sender, to=to, text=text, secret=secret, parts=parts(text))
        for status in _course(to):
            self._store.change(
                "insert into reports (sms_id, status, url, due_at) values (:id, :status, :url, "
                ":now)", id=id, status=status, url=report_url, now=now)
        return self._store.row("select * from sms where id = :id", id=id)

    def history(self, *, to: str | None, before: float | None, after: float | None,
                limit: int) -> list[Row]:
        """The newest first, at most `limit`."""
        return self._store.rows(
            "select * from sms where (:to is null or recipient = :to) "
            "and (:before is null or made_at < :before) and (:after is null or made_at >= :after) "
            "order by made_at desc, rowid desc limit :limit",
            to=to, before=before, after=after, limit=limit)

    def texts(self, number: str) -> list[str]:
        """What a phone shows, the newest first."""
        return [sms["text"] for sms in self.messages(number)]

    def messages(self, number: str) -> list[Row]:
        return self._store.rows("select * from sms where recipient = :number "
                                "order by made_at desc, rowid desc", number=number)

    def phones(self, search: str = "") -> list[Row]:
        """One row for each number: `recipient`, its last `text` and how `many` there are."""
        return self._store.rows(
            "select recipient, text, count(*) as many, max(made_at) as made_at from sms "
            "where recipient like '%' || :search || '%' "
            "group by recipient order by made_at desc limit 200", search=search.lstrip("+0"))

    def report(self, client: httpx.Client) -> int:
        """Lets what is due happen to the messages, and tells those who asked to know. Returns
        how many reports were dealt with; what was not taken is tried again later."""
        now = self._clock.now()
        due = self._store.rows("select reports.*, sms.recipient from reports join sms "
                               "on sms.id = sms_id where due_at <= :now order by reports.id",
                               now=now.timestamp())
        for report in due:
            self._happen(report, now)
            last = report["tries"] == len(TRY_AGAIN_AFTER)
            if report["url"] is None or _told(client, report, now) or last:
                self._store.change("delete from reports where id = :id", id=report["id"])
            else:
                self._store.change(
                    "update reports set tries = tries + 1, due_at = :due where id = :id",
                    due=now.timestamp() + TRY_AGAIN_AFTER[report["tries"]], id=report["id"])
        return len(due)

    def _happen(self, report: Row, now: datetime) -> None:
        self._store.change(
            "update sms set status = :status, delivered_at = iif(:status = 'delivered', :now, "
            "delivered_at) where id = :id and status not in ('delivered', 'failed')",
            status=report["status"], now=now.timestamp(), id=report["sms_id"])


def parts(text: str) -> int:
    if set(text) <= GSM_7 | GSM_7_TWICE:
        length = len(text) + sum(sign in GSM_7_TWICE for sign in text)
        return 1 if length <= 160 else -(-length // 153)
    length = len(text.encode("utf-16-le")) // 2
    return 1 if length <= 70 else -(-length // 67)


def _course(number: str) -> tuple[str, ...]:
    endings: dict[str, tuple[str, ...]] = {FAILS: ("sent", "failed"), NEVER_ARRIVES: ("sent",)}
    return endings.get(number[-2:], ("sent", "delivered"))


def _told(client: httpx.Client, report: Row, now: datetime) -> bool:
    form = {"id": report["sms_id"], "status": report["status"]}
    if report["status"] == "delivered":
        form["delivered"] = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    try:
        return 200 <= client.post(report["url"], data=form).status_code <= 204
    except (httpx.HTTPError, httpx.InvalidURL):
        return False
