"""What the access point has taken, and what became of it."""
import time
from dataclasses import dataclass
from sqlite3 import Row
from uuid import uuid4
from xml.etree import ElementTree

from sandbox.store import Store

CBC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2}"
CAC = "{urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2}"
ON_ITS_WAY = 2
"""Seconds until the receiver's side has signed for it."""


class NoSuchMessage(Exception):
    pass


@dataclass(frozen=True)
class Read:
    """What the receiver sees first of an invoice."""

    facts: list[tuple[str, str]]
    lines: list[tuple[str, str, str]]


class PeppolMessages:
    wait = staticmethod(time.sleep)

    def __init__(self, store: Store, clock):
        self._store = store
        self._clock = clock

    def take(self, key: str, said: dict, document: bytes) -> tuple[Row, bool]:
        """The message, and whether it is new: one key is one message."""
        new = self._store.change(
            "insert or ignore into peppol_messages (id, key, sender, receiver, kind, number, "
            "document, made_at) values (:id, :key, :sender, :receiver, :kind, :number, :document, "
            ":now)", id=uuid4().hex, key=key, sender=said.get("sender", ""),
            receiver=said["receiver"], kind=said["documentType"],
            number=str(said.get("documentId", "")), document=document, now=self._now())
        row = self._store.row("select id from peppol_messages where key = :key", key=key)
        return self.find(row["id"]), bool(new)

    def find(self, id: str) -> Row:
        self._settle()
        row = self._store.row("select * from peppol_messages where id = :id", id=id)
        if row is None:
            raise NoSuchMessage
        return row

    def all(self) -> list[Row]:
        """The newest first."""
        self._settle()
        return self._store.rows("select * from peppol_messages "
                                "order by made_at desc, rowid desc limit 200")

    def answer(self, id: str, status: str, reason: str = "") -> None:
        """The receiver says yes or no, once."""
        self._store.change(
            "update peppol_messages set status = :status, reason = :reason, answered_at = :now "
            "where id = :id and status in ('queued', 'delivered')",
            id=id, status=status, reason=reason, now=self._now())

    def read(self, message: Row) -> Read:
        root = ElementTree.fromstring(message["document"])  # noqa: S314  the portal's

        def said(path: str) -> str:
            found = root.find(path)
            return "" if found is None or not found.text else found.text

        facts = [("Nummer", said(f"{CBC}ID")), ("Datum", said(f"{CBC}IssueDate")),
                 ("Förfaller", said(f"{CBC}DueDate")
                  or said(f"{CAC}PaymentMeans/{CBC}PaymentDueDate")),
                 ("Er referens", said(f"{CBC}BuyerReference")),
                 ("Från", said(f"{CAC}AccountingSupplierParty//{CBC}RegistrationName")),
                 ("Till", said(f"{CAC}AccountingCustomerParty//{CBC}RegistrationName")),
                 ("OCR", said(f"{CAC}PaymentMeans/{CBC}PaymentID")),
                 ("Moms", said(f"{CAC}TaxTotal/{CBC}TaxAmount")),
                 ("Att betala", said(f"{CAC}LegalMonetaryTotal/{CBC}PayableAmount"))]
        return Read([each for each in facts if each[1]], [
            (line.findtext(f"{CAC}Item/{CBC}Name", ""),
             line.findtext(f"{CBC}InvoicedQuantity") or line.findtext(f"{CBC}CreditedQuantity", ""),
             line.findtext(f"{CBC}LineExtensionAmount", ""))
            for line in root if line.tag in (f"{CAC}InvoiceLine", f"{CAC}CreditNoteLine")])

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _settle(self) -> None:
        self._store.change(
            "update peppol_messages set status = 'delivered' "
            "where status = 'queued' and made_at <= :before", before=self._now() - ON_ITS_WAY)
