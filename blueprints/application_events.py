"""What has happened to an application, told in sentences to the clerks."""
from collections.abc import Iterable
from datetime import datetime

from blueprints.language import _
from domain.audit import Act, Event
from domain.texts import sv

SENTENCES = {
    Act.COMPANY_APPLIED: sv("Ansökan kom in."),
    Act.APPLICATION_TAKEN: sv("Lämnade ansökan till %(clerk)s."),
    Act.APPLICATION_ASKED: sv("Ställde en fråga till den sökande."),
    Act.APPLICATION_ANSWERED: sv("Den sökande svarade på frågan."),
    Act.APPLICATION_RESENT: sv("Den sökande bad om ett nytt e-brev."),
    Act.APPLICATION_EMAIL_CORRECTED: sv("Den sökande rättade sin e-postadress."),
    Act.APPLICATION_WITHDRAWN: sv("Den sökande tog tillbaka ansökan."),
    Act.APPLICATION_APPROVED: sv("Godkände ansökan."),
    Act.COMPANY_DECLINED: sv("Avslog ansökan."),
}


def told(events: Iterable[Event]) -> list[tuple[datetime, str, str]]:
    """When, who and what, as the timeline draws them."""
    return [(event.at, event.by_name or _("Den sökande"),
             _(SENTENCES[event.act], **event.details)) for event in events]
