"""What a clerk sees of the work that waits: what is stuck, and whether anyone is at work."""
from uuid import UUID

from flask import Blueprint, url_for

from blueprints import own_words
from blueprints.guard import needs
from blueprints.language import _, lazy, ngettext
from blueprints.web import actor, changed, db, done, now, page, transaction, world
from domain import outbox, queue, unclear_payments
from domain.access import Right
from domain.outbox import Task

TASKS = {Task.SEND_SMS: lazy("Sms"), Task.SEND_EMAIL: lazy("E-brev"),
         Task.WRITE_REPORT: lazy("Rapportens filer"),
         Task.CHECK_IMPORT: lazy("Granska en import"),
         Task.CARRY_OUT_IMPORT: lazy("Genomföra en import"),
         Task.UNDO_IMPORT: lazy("Ångra en import"),
         Task.SEND_ORDER: lazy("Skicka en beställning"),
         Task.SEND_WEBHOOK: lazy("Händelse till en app"),
         Task.SEND_REFUND: lazy("Återbetalning"),
         Task.CLOSE_MONTHS: lazy("Stänga ett företags månad"),
         Task.WRITE_INVOICE: lazy("Fakturans filer"),
         Task.DELIVER_INVOICE: lazy("Skicka en faktura"),
         Task.WRITE_PRINT: lazy("Fakturor att skriva ut"),
         Task.WRITE_LIST: lazy("Fil av en lista")}
LETTERS = own_words.LETTERS | {
    "ticket": lazy("Biljett"),
    "allpay_code": lazy("Engångskod"),
    "allpay_reminder": lazy("Påminnelse om engångskod"),
    "ticket_reissued": lazy("Länk till en ny biljett"),
    "ticket_reminder": lazy("Påminnelse om en biljett"),
    "holding_code": lazy("Kod för att flytta en biljett"),
    "limit_warning": lazy("Nära gränsen för Tjänsteresor"),
    "limit_used": lazy("Gränsen för Tjänsteresor är nådd"),
    "limit_digest": lazy("Resenärer nära sin gräns, till administratör"),
    "raise_asked": lazy("Begäran om högre gräns"),
    "raise_granted": lazy("Högre gräns är beviljad"),
    "raise_refused": lazy("Högre gräns är avslagen"),
    "raise_ended": lazy("Högre gräns är avslutad"),
    "welcome": lazy("Välkommen som resenär"),
    "invitation": lazy("Inbjudan till administratör"),
    "invitation_accepted": lazy("En inbjudan är antagen"),
    "join_received": lazy("Begäran om att bli administratör är mottagen"),
    "join_arrived": lazy("Någon vill bli administratör"),
    "join_approved": lazy("Begäran om att bli administratör är godkänd"),
    "join_declined": lazy("Begäran om att bli administratör är avslagen"),
    "deputy_named": lazy("Ställföreträdare är utsedd"),
    "deputy_ended": lazy("Ställföreträdare är inte längre utsedd"),
    "application_link": lazy("Länk till ansökan"),
    "application_question": lazy("Fråga om ansökan"),
    "application_answered": lazy("Svar om ansökan"),
    "application_withdrawn": lazy("Ansökan är återtagen"),
    "application_received": lazy("Ansökan är mottagen"),
    "application_arrived": lazy("Ny ansökan till handläggare"),
    "application_approved": lazy("Ansökan är godkänd"),
    "application_declined": lazy("Ansökan är avslagen"),
    "offer_arrived": lazy("Ny ansökan om personalerbjudande"),
    "offer_asked": lazy("Fråga om en ansökan"),
    "offer_waits": lazy("En ansökan väntar fortfarande"),
    "offer_renewal": lazy("Fråga om att ansöka igen"),
    "offers_granted_admin": lazy("Flera beviljade, till administratör"),
    "offers_declined_admin": lazy("Flera avslagna, till administratör"),
    "offers_second_yes": lazy("Väntar på ett andra ja"),
    "offers_to_decide": lazy("Påminnelse om ansökningar att avgöra"),
    "offer_consent": lazy("Fråga om löneavdrag"),
    "offer_answered": lazy("Svar på en fråga om en ansökan"),
    "offer_approved": lazy("Personalerbjudande är beviljat"),
    "offer_approved_admin": lazy("Beviljat, till administratör"),
    "offer_declined": lazy("Personalerbjudande är avslaget"),
    "offer_declined_admin": lazy("Avslaget, till administratör"),
    "deduction_settled": lazy("Löneavdrag är ändrat"),
    "report_made": lazy("Månadens rapport är klar"),
    "invoice": lazy("Faktura"),
    "invoice_reminder": lazy("Påminnelse om en faktura"),
    "invoice_answered": lazy("Svar om en faktura"),
    "company_stopping": lazy("Företaget stoppas från nya köp"),
    "company_resumed": lazy("Företaget kan köpa igen"),
    "saved_report": lazy("Sparad rapport"),
    "refund": lazy("Pengar på väg tillbaka"),
    "payment_not_made": lazy("Betalningen blev inte av"),
    "parcel_posted": lazy("Resekortet är postat"),
    "parcel_answer": lazy("Svar om en försändelse"),
}
OURS = (Task.CHECK_IMPORT, Task.CARRY_OUT_IMPORT, Task.UNDO_IMPORT, Task.SEND_ORDER,
        Task.CLOSE_MONTHS)
"""What is done within the portal, and asks nobody outside."""
FILES = (Task.WRITE_REPORT, Task.WRITE_INVOICE, Task.WRITE_PRINT, Task.WRITE_LIST)
LATER = {**dict.fromkeys(OURS, lazy("Det gick inte att göra klart.")),
         **dict.fromkeys(FILES, lazy("Filerna gick inte att göra.")),
         Task.SEND_SMS: lazy("Sms-tjänsten tog inte emot det."),
         Task.SEND_EMAIL: lazy("E-postservern tog inte emot det."),
         Task.DELIVER_INVOICE: lazy("Accesspunkten, eller e-postservern, tog inte emot den."),
         Task.SEND_WEBHOOK: lazy("Appens adress tog inte emot den."),
         Task.SEND_REFUND: lazy("Swish eller Nets tog inte emot den.")}
NEVER = {**dict.fromkeys(OURS, lazy("Det går inte att göra klart.")),
         **dict.fromkeys(FILES, lazy("Filerna går inte att göra.")),
         Task.SEND_SMS: lazy("Sms-tjänsten nekade. Kontrollera mottagarens mobilnummer."),
         Task.SEND_EMAIL: lazy("E-postservern nekade. Kontrollera mottagarens adress."),
         Task.DELIVER_INVOICE: lazy("Fakturan kom inte fram. Skicka den på ett annat sätt."),
         Task.SEND_WEBHOOK: lazy("Appens adress tog aldrig emot den."),
         Task.SEND_REFUND: lazy("Swish eller Nets nekade. Försök igen, eller betala tillbaka på "
                                "annat sätt.")}

bp = Blueprint("queue", __name__, url_prefix="/intern/ko")


@bp.get("/")
@needs(Right.SERVE_CUSTOMERS)
def index():
    return page("queue/index.html", stuck=queue.stuck(db), working=world().queue.working(),
                unclear=unclear_payments.count(db, now=now()),
                **_words())


@bp.post("/<uuid:message_id>/nytt-forsok")
@needs(Right.SERVE_CUSTOMERS)
def try_again(message_id: UUID):
    message = outbox.find(db, message_id)
    with transaction():
        queue.try_again(db, message, by=actor(), now=now())
    return changed("queue/_message.html", back_to=url_for(".index"),
                   said=_("Meddelandet skickas igen."), again=True,
                   each=queue.describe(db, message), **_words())


@bp.post("/nytt-forsok")
@needs(Right.SERVE_CUSTOMERS)
def try_all_again():
    stuck = outbox.troubled(db)
    with transaction():
        for message in stuck:
            queue.try_again(db, message, by=actor(), now=now())
    said = ngettext("%(num)s meddelande skickas igen.", "%(num)s meddelanden skickas igen.",
                    len(stuck))
    return done(url_for(".index"), said % {"num": len(stuck)})


def _words() -> dict:
    return {"tasks": TASKS, "letters": LETTERS, "later": LATER, "never": NEVER}
