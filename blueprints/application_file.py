"""The clerks' queue as a file."""
from flask import Response

from blueprints import exports
from blueprints.language import _
from blueprints.web import db
from blueprints.words import word
from documents.listing import Column, Kind
from domain import application_queue
from domain.application_queue import Search
from domain.applications import CompanyApplication, State
from domain.identity import show_organisation_number
from domain.months import today


def file(kind: str, search: Search) -> Response:
    columns = [
        Column(_("Företag"), width=30), Column(_("Organisationsnummer"), width=20),
        Column(_("Sökande"), width=30), Column(_("E-post"), width=30), Column(_("Läge")),
        Column(_("Kom in"), Kind.DATE), Column(_("Svar senast"), Kind.DATE),
        Column(_("Frågan ställd"), Kind.DATE, 14), Column(_("Hos"), width=30),
        Column(_("Beslutad"), Kind.DATE), Column(_("Skäl till avslaget"), width=50)]
    found = application_queue.whole(search).execution_options(yield_per=exports.ROWS_AT_ONCE)
    return exports.file(kind, _("Ansökningar"), columns, lambda: map(_cells, db.scalars(found)))


def _cells(application: CompanyApplication) -> tuple:
    asked_at, decided_at = application.asked_at, application.decided_at
    return (application.company_name, show_organisation_number(application.organisation_number),
            application.applicant, application.email, word(application.state),
            today(application.received_at),
            application.promised_on if application.state == State.RECEIVED else None,
            asked_at and today(asked_at), application.clerk and application.clerk.name,
            decided_at and today(decided_at), application.reason)
