"""The course of an invoice, as the stops of a line."""
from datetime import datetime

from blueprints.formats import day
from blueprints.language import _, lazy
from domain.companies import InvoiceChannel
from domain.invoice_standings import Standing, State
from domain.invoices import Invoice

Stop = tuple[str, datetime | str | None, str]
SENT = {InvoiceChannel.PEPPOL: lazy("Skickad som e-faktura"),
        InvoiceChannel.EMAIL: lazy("Skickad med e-post"),
        InvoiceChannel.PAPER: lazy("Postad")}


def of(invoice: Invoice, standing: Standing) -> list[Stop]:
    return [(_("Skapad"), invoice.made_at, "past"), _sent(standing), _end(invoice, standing)]


def _sent(standing: Standing) -> Stop:
    if standing.stopped_at:
        return _("Kom inte fram"), standing.stopped_at, "failed"
    if standing.sent_at or standing.left_ore == 0:
        return _channel(standing), standing.sent_at, "past"
    return _("Skickas"), None, "now"


def _channel(standing: Standing) -> str:
    return str(SENT.get(standing.channel, _("Skickad")))


def _end(invoice: Invoice, standing: Standing) -> Stop:
    if standing.state == State.SETTLED:
        return _("Avräknad"), standing.settled_at, "past"
    if standing.state == State.PAID:
        return _("Betald"), standing.settled_at, "past"
    where = "now" if standing.sent_at else "coming"
    if invoice.is_credit:
        return _("Räknas av"), None, where
    if standing.state == State.OVERDUE:
        return _("Obetald"), _("förföll %(day)s", day=day(invoice.due_on)), "failed"
    return _("Betalas"), _("senast %(day)s", day=day(invoice.due_on)), where
