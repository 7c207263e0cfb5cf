"""What has happened on a private customer's account, told in sentences: to them, and to a clerk."""
from collections.abc import Iterable
from datetime import datetime

from blueprints import events
from blueprints.language import _
from domain.audit import Act, Event
from domain.texts import sv

SENTENCES = {  # of what is recorded with a customer
    Act.CUSTOMER_REGISTERED: sv("Kontot skapades."),
    Act.CUSTOMER_CHANGED: sv("Uppgifter på kontot ändrades."),
    Act.CUSTOMER_EMAIL_ASKED: sv("Byte av e-postadress begärdes."),
    Act.CUSTOMER_EMAIL_CHANGED: sv("E-postadressen byttes."),
    Act.CUSTOMER_KEY_CHANGED: sv("Lösenordet ändrades."),
    Act.CUSTOMER_LET_IN_ANEW: sv("Ett nytt lösenord valdes med länken i ett brev."),
    Act.CUSTOMER_BANKID_BOUND: sv("BankID kopplades till kontot."),
    Act.CUSTOMER_BANKID_LOOSENED: sv("BankID kopplades bort."),
    Act.CUSTOMER_BLOCKED: sv("Kontot stängdes av."),
    Act.CUSTOMER_UNBLOCKED: sv("Avstängningen av kontot hävdes."),
    Act.CUSTOMER_CORRECTED: sv("Uppgifter på kontot rättades."),
    Act.CUSTOMER_REFUNDED: sv("Beslutade att betala tillbaka %(amount)s av order %(number)s."),
    Act.CUSTOMER_DELETED: sv("Kontot togs bort."),
    Act.CUSTOMERS_MERGED: sv("Två konton slogs ihop."),
    Act.DOCUMENT_OPENED: sv("Ett dokument öppnades."),
    Act.CHILD_ADDED: sv("Ett barn lades till."),
    Act.CHILD_CORRECTED: sv("Uppgifter om ett barn rättades."),
    Act.CHILD_REMOVED: sv("Ett barn togs bort."),
    Act.ACCOUNT_CARD_ADDED: sv("Kortet %(card)s registrerades."),
    Act.ACCOUNT_CARD_CHANGED: sv("Kortet %(card)s fick ett annat namn eller en annan användare."),
    Act.ACCOUNT_CARD_REMOVED: sv("Kortet %(card)s togs bort från kontot."),
    Act.ACCOUNT_CARD_FROZEN: sv("Kortet %(card)s frystes."),
    Act.ACCOUNT_CARD_THAWED: sv("Kortet %(card)s öppnades igen."),
    Act.ACCOUNT_CARD_BLOCKED: sv("Kortet %(card)s spärrades."),
    Act.CARD_RECHARGED: sv("Kortet %(to)s lämnades ut i stället för det skadade %(card)s."),
    Act.CARD_REPLACED: sv("Kundcenter spärrade kortet %(card)s."),
    Act.ACCOUNT_TICKET_BOUGHT: sv("Köpte %(product)s för %(price)s, nummer %(number)s."),
    Act.ACCOUNT_TICKET_CHANGED: sv("Ändrade biljetten %(number)s."),
    Act.ACCOUNT_TICKET_MOVED: sv("Biljetten %(number)s flyttades."),
    Act.ACCOUNT_TICKET_REISSUED: sv("Biljetten %(number)s gjordes på nytt."),
    Act.ACCOUNT_TICKET_RECALLED: sv("Biljetten %(number)s återkallades."),
    Act.ACCOUNT_TICKET_RESENT: sv("Länken till biljetten %(number)s skickades igen."),
    Act.PERIOD_ADJUSTED: sv("Perioden %(number)s förlängdes med %(days)s dagar efter ett intyg."),
    Act.PURSE_LOADED: sv("Reskassan på %(card)s laddades med %(amount)s."),
    Act.PURSE_LOAD_REFUNDED: sv("En laddning av %(card)s på %(amount)s avslutades för att "
                                "betalas tillbaka."),
    Act.PURSE_LOAD_FORFEITED: sv("En laddning av %(card)s på %(amount)s gick ut utan att "
                                 "användas."),
    Act.LOAD_REFUNDED: sv("Beslutade att betala tillbaka en laddning på %(amount)s."),
    Act.SHOP_ORDER_PLACED: sv("Order %(number)s lades."),
    Act.SHOP_ORDER_CANCELLED: sv("Order %(number)s avbröts."),
    Act.SHOP_ORDER_EXPIRED: sv("Order %(number)s betalades inte i tid."),
    Act.SHOP_ORDER_PAID: sv("Order %(number)s betalades, %(amount)s."),
    Act.SHOP_LINE_REFUSED: sv("En rad i order %(number)s gick inte att leverera, %(amount)s."),
    Act.REFUND_ASKED: sv("%(amount)s av order %(order)s är på väg tillbaka."),
    Act.PAYMENT_CLOSED: sv("Betalningen av order %(number)s avslutades som obetald, %(amount)s."),
    Act.PARCEL_ORDERED: sv("Ett kort ska skickas."),
    Act.PARCEL_READDRESSED: sv("En försändelse fick en annan adress."),
    Act.PARCEL_PACKED: sv("Kortet %(card)s packades."),
    Act.PARCEL_POSTED: sv("Kortet %(card)s postades."),
    Act.PARCEL_CANCELLED: sv("En försändelse avbeställdes."),
    Act.PARCEL_MISSED: sv("Frågade efter en försändelse."),
    Act.PARCEL_CASE_CLOSED: sv("Frågan om en försändelse fick svar."),
}


def said(act: Act, details: dict) -> str:
    return _(SENTENCES.get(act) or events.SENTENCES[act], **events.words(details))


def told(rows: Iterable[Event], *, me: bool = False) -> list[tuple[datetime, str, str]]:
    """As the timeline draws them. To the customer themself a clerk is the customer centre."""
    return [(event.at, _who(event, me), said(event.act, event.details)) for event in rows]


def _who(event: Event, me: bool) -> str:
    if event.by_person_id == event.chain_id:
        return _("Du") if me else _("Kunden")
    if not event.by_name:
        return _("Portalen")
    return _("Kundcenter") if me else event.by_name
