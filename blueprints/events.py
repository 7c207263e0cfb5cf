"""What has happened in the company, told in sentences."""
from collections.abc import Iterable
from datetime import date, datetime

from blueprints.formats import day, month
from blueprints.language import _, ngettext
from blueprints.words import word
from domain.audit import Act, Event
from domain.money import kr
from domain.months import Month
from domain.products import Product
from domain.texts import sv

SENTENCES = {  # of what is recorded with a company; with a customer: `customer_events`
    Act.COMPANY_APPROVED: sv("%(company)s fick sitt konto."),
    Act.TRIAL_BEGUN: sv("Började prova portalen medan ansökan granskas."),
    Act.JOIN_ASKED: sv("%(person)s ansökte om att bli administratör."),
    Act.JOIN_WITHDRAWN: sv("%(person)s tog tillbaka sin ansökan."),
    Act.JOIN_APPROVED: sv("Godkände %(person)s som administratör."),
    Act.JOIN_DECLINED: sv("Avslog ansökan från %(person)s om att bli administratör."),
    Act.TERMS_ACCEPTED: sv("Godkände villkoren."),
    Act.COMPANY_CHANGED: sv("Ändrade företagets inställningar."),
    Act.COMPANY_STOPPED: sv("Företaget får veta att det inte kan köpa något nytt från %(day)s."),
    Act.COMPANY_RESUMED: sv("Företaget kan köpa igen."),
    Act.INVOICE_RESENT: sv("Skickade faktura %(number)s på nytt."),
    Act.INVOICE_PAID: sv("%(amount)s är betalt av faktura %(number)s."),
    Act.INVOICE_SET_OFF: sv("Kvittade %(amount)s av faktura %(number)s mot kreditfaktura "
                            "%(credit)s."),
    Act.INVOICE_PAYMENT_TAKEN_BACK: sv("Tog tillbaka %(amount)s som var bokfört på faktura "
                                       "%(number)s."),
    Act.INVOICE_REMINDED: sv("Påminde om faktura %(number)s, %(amount)s."),
    Act.ADMINISTRATOR_ADDED: sv("%(person)s blev administratör."),
    Act.ADMINISTRATOR_CHANGED: sv("Ändrade vad %(person)s är administratör för."),
    Act.ADMINISTRATOR_REMOVED: sv("Tog bort %(person)s som administratör."),
    Act.ADMINISTRATOR_LEFT: sv("%(person)s lämnade sitt uppdrag som administratör."),
    Act.INVITATION_SENT: sv("Bjöd in %(person)s som administratör."),
    Act.INVITATION_WITHDRAWN: sv("Tog tillbaka inbjudan till %(person)s."),
    Act.INVITATION_DECLINED: sv("Inbjudan till %(person)s fick ett nej."),
    Act.DEPUTY_NAMED: sv("Utsåg %(person)s till ställföreträdare %(first)s–%(last)s."),
    Act.DEPUTY_ENDED: sv("Avslutade uppdraget som ställföreträdare för %(person)s."),
    Act.SYNC_KEY_MADE: sv("Skapade nyckeln %(key)s för synkronisering."),
    Act.SYNC_KEY_REVOKED: sv("Återkallade nyckeln %(key)s för synkronisering."),
    Act.DEPARTMENT_ADDED: sv("Lade till avdelningen %(department)s."),
    Act.DEPARTMENT_CHANGED: sv("Ändrade avdelningen %(department)s."),
    Act.DEPARTMENT_ARCHIVED: sv("Arkiverade avdelningen %(department)s."),
    Act.DEPARTMENT_REOPENED: sv("Öppnade avdelningen %(department)s igen."),
    Act.TRAVELLER_ADDED: sv("Lade till %(traveller)s."),
    Act.TRAVELLER_CHANGED: sv("Ändrade uppgifter om %(traveller)s."),
    Act.TRAVELLER_WELCOMED: sv("Bjöd in %(traveller)s att logga in första gången."),
    Act.TRAVELLER_BOUND: sv("%(traveller)s loggade in första gången och bekräftade sig."),
    Act.TRAVELLER_ENDED: sv("Avslutade %(traveller)s."),
    Act.LEAVING_PLANNED: sv("Planerade att %(traveller)s slutar, med %(day)s som sista dag."),
    Act.LEAVING_CANCELLED: sv("Tog tillbaka att %(traveller)s slutar."),
    Act.TRAVELLER_MOVED: sv("Flyttade %(traveller)s från %(left)s till %(department)s."),
    Act.TRAVELLER_SERVICES_CHOSEN: sv("Ändrade vilka tjänster %(traveller)s får använda."),
    Act.TICKET_SENT: sv("Skickade %(product)s till %(holder)s för %(price)s."),
    Act.TICKET_RECALLED: sv("Återkallade %(product)s för %(price)s från %(holder)s."),
    Act.TICKET_CHANGED: sv("Ändrade biljetten till %(holder)s innan den skickades."),
    Act.TICKET_REISSUED: sv("Biljetten för %(holder)s gjordes på nytt när telefonen var borta: "
                            "%(number)s gäller i stället för %(former)s."),
    Act.CARD_ADDED: sv("Lade till resekortet %(card)s."),
    Act.CARDS_ADDED: sv("Lade till %(count)s resekort."),
    Act.CARD_CHANGED: sv("Ändrade uppgifter om resekortet %(card)s."),
    Act.CARD_HANDED_OVER: sv("Lämnade ut resekortet %(card)s till %(holder)s."),
    Act.CARD_RETURNED: sv("Tog emot resekortet %(card)s från %(holder)s."),
    Act.CARD_BLOCKED: sv("Spärrade resekortet %(card)s."),
    Act.CARD_REMOVED: sv("Tog bort resekortet %(card)s."),
    Act.TRAVEL_CONNECTED: sv("Anslöt %(traveller)s till Tjänsteresor med kreditgränsen %(limit)s."),
    Act.TRAVEL_REGISTERED: sv("%(traveller)s registrerade Allpay."),
    Act.TRAVEL_LIMIT_CHANGED: sv("Ändrade kreditgränsen för %(traveller)s till %(limit)s."),
    Act.TRAVEL_POLICY_CHOSEN: sv("Gav %(traveller)s en policy: %(policy)s."),
    Act.POLICY_ADDED: sv("Lade till policyn %(policy)s."),
    Act.POLICY_CHANGED: sv("Ändrade policyn %(policy)s."),
    Act.POLICY_REMOVED: sv("Tog bort policyn %(policy)s."),
    Act.POLICY_MADE_DEFAULT: sv("Gjorde policyn %(policy)s till förval."),
    Act.POLICY_NOT_DEFAULT: sv("Policyn %(policy)s är inte förval längre."),
    Act.TRAVEL_CODE_ORDERED: sv("Skickade en ny kod till %(traveller)s."),
    Act.TRAVEL_DAYS_CHANGED: sv("Ändrade vilka dagar %(traveller)s har Tjänsteresor."),
    Act.TRAVEL_PAUSED: sv("Pausade Tjänsteresor för %(traveller)s."),
    Act.TRAVEL_RESUMED: sv("Återupptog Tjänsteresor för %(traveller)s."),
    Act.TRAVEL_ENDED: sv("Avslutade Tjänsteresor för %(traveller)s."),
    Act.TRAVEL_RECONNECTED: sv("Anslöt %(traveller)s på nytt, med ett nytt mobilnummer."),
    Act.TRAVEL_BOUGHT: sv("%(traveller)s köpte %(product)s för %(price)s."),
    Act.TRAVEL_RAISE_ASKED: sv("%(traveller)s bad om %(amount)s mer till och med %(day)s."),
    Act.TRAVEL_RAISE_WITHDRAWN: sv("%(traveller)s tog tillbaka sin förfrågan om %(amount)s mer."),
    Act.TRAVEL_RAISE_GRANTED: sv("Höjde gränsen för %(traveller)s med %(amount)s till och med "
                                 "%(day)s."),
    Act.TRAVEL_RAISE_REFUSED: sv("Avslog att höja gränsen för %(traveller)s med %(amount)s."),
    Act.TRAVEL_RAISE_ENDED: sv("Avslutade höjningen av gränsen för %(traveller)s med %(amount)s."),
    Act.OFFER_APPLIED: sv("%(traveller)s ansökte om %(product)s som personalerbjudande."),
    Act.STAFF_OFFER_ADDED: sv("Lade till erbjudandet %(offer)s."),
    Act.STAFF_OFFER_CHANGED: sv("Ändrade erbjudandet %(offer)s."),
    Act.STAFF_OFFER_CLOSED: sv("Stängde erbjudandet %(offer)s."),
    Act.STAFF_OFFER_REOPENED: sv("Öppnade erbjudandet %(offer)s igen."),
    Act.OFFER_APPLIED_FOR: sv("Ansökte åt %(traveller)s om %(product)s som personalerbjudande."),
    Act.OFFER_CONSENTED: sv("%(traveller)s godkände löneavdraget."),
    Act.OFFER_ANSWERED: sv("%(traveller)s svarade på frågan om sin ansökan."),
    Act.OFFER_WITHDRAWN: sv("Ansökan från %(traveller)s togs tillbaka."),
    Act.OFFER_APPROVED: sv("Beviljade %(traveller)s %(product)s som personalerbjudande."),
    Act.OFFER_DECLINED: sv("Avslog ansökan från %(traveller)s."),
    Act.OFFER_ASKED: sv("Frågade %(traveller)s om ansökan."),
    Act.OFFER_FIRST_YES: sv("Sa det första av två ja till ansökan från %(traveller)s."),
    Act.OFFER_GRANTED_BY_RULE: sv("Regeln i %(offer)s beviljade %(traveller)s %(product)s."),
    Act.DEDUCTION_SETTLED: sv("Reglerade löneavdraget för %(traveller)s. Kvar: %(amount)s."),
    Act.PAYROLL_EXPORTED: sv("Gjorde lönefilen för %(month)s: %(rows)s rader, %(amount)s."),
    Act.PAYROLL_SETTINGS_CHANGED: sv("Ändrade hur lönefilen ser ut."),
    Act.LEGAL_EMPLOYER_ADDED: sv("Lade till arbetsgivaren %(employer)s."),
    Act.LEGAL_EMPLOYER_CHANGED: sv("Ändrade arbetsgivaren %(employer)s."),
    Act.LEGAL_EMPLOYER_REMOVED: sv("Tog bort arbetsgivaren %(employer)s."),
    Act.REPORT_MADE: sv("Rapporten för %(month)s blev klar."),
    Act.MONTH_RUN_AGAIN: sv("Lät %(month)s stängas på nytt."),
    Act.INVOICE_MADE: sv("Faktura %(number)s för referensnummer %(reference)s blev klar."),
    Act.INVOICE_CREDITED: sv("Krediterade faktura %(credited)s med kreditfaktura %(number)s."),
    Act.MONTH_CHECKED: sv("Gick igenom köpen i %(month)s."),
    Act.INVOICE_QUESTIONED: sv("Frågade om en rad för %(holder)s på faktura %(number)s."),
    Act.INVOICE_QUESTION_ANSWERED: sv("Svarade på en fråga om en rad för %(holder)s på faktura "
                                      "%(number)s."),
    Act.MESSAGE_RETRIED: sv("Skickade om biljetten till %(holder)s."),
}


def words(details: dict) -> dict[str, str]:
    """What varies in a sentence, as it is written in one."""
    shown = {name: str(value) for name, value in details.items()}
    for name in ("price", "limit", "amount"):
        if f"{name}_ore" in details:
            shown[name] = kr(details[f"{name}_ore"])
    if details.get("policy") == "":
        shown["policy"] = _("företagets förval")
    if "product" in details:
        shown["product"] = word(Product(details["product"])).lower()
    for name in {"day", "first", "last"} & set(details):
        shown[name] = day(date.fromisoformat(details[name]))
    if "month" in details:
        shown["month"] = month(Month(*map(int, details["month"].split("-"))))
    return shown


def sentence(event: Event) -> str:
    said = words(event.details)
    if event.act == Act.TRAVELLERS_IMPORTED:
        return ngettext("Importerade en resenär till %(department)s.",
                        "Importerade %(count)s resenärer till %(department)s.",
                        event.details["count"]) % said
    if event.act == Act.IMPORT_UNDONE:
        return ngettext("Ångrade importen av en resenär till %(department)s.",
                        "Ångrade importen av %(count)s resenärer till %(department)s.",
                        event.details["count"]) % said
    return _(SENTENCES[event.act], **said)


def who(event: Event) -> str:
    """Who did it, and on whose behalf."""
    if event.for_name:
        return _("%(deputy)s för %(name)s", deputy=event.by_name, name=event.for_name)
    return event.by_name or _("Portalen")


def tell(event: Event) -> tuple[datetime, str, str]:
    """When, who and what."""
    return event.at, who(event), sentence(event)


def told(events: Iterable[Event]) -> list[tuple[datetime, str, str]]:
    """As the timeline draws them."""
    return [tell(event) for event in events]
