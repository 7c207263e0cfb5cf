"""What is known of a customer, in words: the names of the sections and of what stands in them."""
from enum import Enum

from blueprints import words
from blueprints.language import _, lazy
from blueprints.terms import TITLES
from domain import (
    card_blocks,
    card_trips,
    purse_entries,
    purse_loads,
    purses,
    refunds,
    service_documents,
    terms,
)
from domain.card_numbers import show_card
from domain.identity import show_mobile
from domain.texts import sv

SECTIONS = {
    "account": lazy("Ditt konto"), "terms": lazy("Villkor som du har godkänt"),
    "children": lazy("Barn på kontot"), "logins": lazy("Inloggningar"),
    "email_changes": lazy("Byte av e-postadress som väntar"),
    "password_resets": lazy("Nya lösenord som du har bett om"), "cards": lazy("Resekort"),
    "card_blocks": lazy("Spärrade resekort"), "trips": lazy("Dina senaste resor"),
    "purse_entries": lazy("Reskassa, in och ut"), "purse_loads": lazy("Laddningar av reskassan"),
    "purse_shortfalls": lazy("Resor som reskassan inte räckte till"),
    "carts": lazy("Varukorg"), "orders": lazy("Ordrar"), "payments": lazy("Betalningar"),
    "refunds": lazy("Pengar tillbaka"), "tickets": lazy("Biljetter"),
    "parcels": lazy("Försändelser"), "parcel_cases": lazy("Ärenden om försändelser"),
    "service_acts": lazy("Vad kundcenter har gjort åt dig"),
    "letters": lazy("Brev och meddelanden till dig"), "events": lazy("Händelser"),
}
NAMES = {
    "given_name": lazy("Förnamn"), "surname": lazy("Efternamn"),
    "personnummer": lazy("Personnummer"), "born_on": lazy("Född"), "email": lazy("E-post"),
    "mobile": lazy("Mobilnummer"), "street": lazy("Gatuadress"), "postcode": lazy("Postnummer"),
    "city": lazy("Ort"), "municipality": lazy("Kommun"), "language": lazy("Språk"),
    "created_at": lazy("Skapad"), "confirmed_at": lazy("Bekräftad"),
    "bankid_at": lazy("BankID kopplat"), "kind": lazy("Slag"), "version": lazy("Version"),
    "accepted_at": lazy("Godkänt"), "agent": lazy("Webbläsare"), "by_bankid": lazy("Med BankID"),
    "seen_at": lazy("Sågs senast"), "expires_at": lazy("Gäller till"),
    "ended_at": lazy("Avslutad"), "asked_at": lazy("Begärt"), "used_at": lazy("Använt"),
    "old_at": lazy("Ja från den gamla adressen"), "new_at": lazy("Ja från den nya adressen"),
    "registered_at": lazy("Registrerat"), "number": lazy("Nummer"), "label": lazy("Namn"),
    "child": lazy("Barn"), "frozen_at": lazy("Fryst"), "blocked_at": lazy("Spärrat"),
    "purse_ore": lazy("Reskassa"), "card": lazy("Kort"), "at": lazy("Tid"),
    "to": lazy("Till"), "left_ore": lazy("Kvar på kortet"), "tickets": lazy("Biljetter"),
    "zone": lazy("Zon"), "means": lazy("Sätt"), "product": lazy("Biljett"),
    "price_ore": lazy("Pris"), "amount_ore": lazy("Belopp"), "paid_at": lazy("Betald"),
    "available_at": lazy("I biljettsystemet"), "activated_at": lazy("Aktiverad"),
    "ended_as": lazy("Hur"), "month_on": lazy("Månad"), "missing_ore": lazy("Fattades"),
    "because": lazy("Varför"), "put_at": lazy("Lagd"), "quantity": lazy("Antal"),
    "valid_from": lazy("Från"), "shown_ore": lazy("Pris"), "placed_at": lazy("Lagd"),
    "state": lazy("Läge"), "closed_at": lazy("Avslutad"), "total_ore": lazy("Summa"),
    "vat_ore": lazy("Varav moms"), "name": lazy("Mottagare"), "lines": lazy("Innehåll"),
    "valid_in": lazy("Gäller i"), "order": lazy("Order"), "begun_at": lazy("Påbörjad"),
    "settled_at": lazy("Klar"), "paid_with": lazy("Betalad med"),
    "refunded_ore": lazy("Tillbaka"), "provider_id": lazy("Betalningens id"),
    "reference": lazy("Betalningens referens"), "reason": lazy("Skäl"),
    "sold_at": lazy("Köpt"), "activate_by": lazy("Ska aktiveras senast"),
    "active_until": lazy("Gäller till"), "recalled_at": lazy("Återkallad"),
    "holder": lazy("Innehavare"), "ordered_at": lazy("Beställd"),
    "promised_on": lazy("Lovad"), "packed_at": lazy("Packad"), "posted_at": lazy("Postad"),
    "cancelled_at": lazy("Avbeställd"), "words": lazy("Dina ord"),
    "opened_at": lazy("Öppnat"), "outcome": lazy("Hur det gick"), "answer": lazy("Svar"),
    "document": lazy("Dokument"), "template": lazy("Om"), "sent_at": lazy("Skickat"),
    "act": lazy("Vad"), "details": lazy("Mer"), "by": lazy("Av"),
}
VALUES: dict[type, dict] = {  # of what no other page has a word for
    terms.Kind: TITLES,
    purse_entries.Kind: {
        purse_entries.Kind.LOADED: lazy("Laddning"), purse_entries.Kind.CHARGED: lazy("Resor"),
        purse_entries.Kind.MOVED_IN: lazy("Flyttat från ett annat kort"),
        purse_entries.Kind.MOVED_OUT: lazy("Flyttat till ett annat kort"),
        purse_entries.Kind.RECHARGED: lazy("Insatt av kundcenter")},
    card_blocks.To: {
        card_blocks.To.POST: lazy("Ett nytt kort med posten"),
        card_blocks.To.CARD: lazy("Ett annat kort"), card_blocks.To.PHONE: lazy("Mobilen"),
        card_blocks.To.NOWHERE: lazy("Ingenstans")},
    card_trips.Means: {
        card_trips.Means.PURSE: lazy("Reskassa"), card_trips.Means.TICKET: lazy("Biljett")},
    purse_loads.Ended: {
        purse_loads.Ended.REFUNDED: lazy("Betalas tillbaka"),
        purse_loads.Ended.FORFEITED: lazy("Gick ut")},
    purses.Lack: {
        purses.Lack.EMPTY: lazy("Reskassan räckte inte"),
        purses.Lack.FROZEN: lazy("Kortet var fryst"),
        purses.Lack.BLOCKED: lazy("Kortet var spärrat")},
    refunds.Reason: {
        refunds.Reason.PAID_TWICE: lazy("Betalt två gånger"),
        refunds.Reason.ORDER_CLOSED: lazy("Ordern var avbruten"),
        refunds.Reason.NOT_DELIVERED: lazy("Gick inte att leverera"),
        refunds.Reason.NOT_USED: lazy("Användes inte"),
        refunds.Reason.GOODWILL: lazy("Beslut av kundcenter")},
    service_documents.Format: {
        service_documents.Format.PDF: lazy("PDF"), service_documents.Format.JPEG: lazy("Bild"),
        service_documents.Format.PNG: lazy("Bild")},
}
LETTERS = {  # by their templates
    "card_blocked": lazy("Spärrat kort"), "customer_bankid": lazy("BankID kopplat"),
    "customer_blocked": lazy("Avstängt konto"), "customer_confirm": lazy("Öppna kontot"),
    "customer_corrected": lazy("Rättade uppgifter"), "customer_deleted": lazy("Borttaget konto"),
    "customer_email_new": lazy("Bekräfta ny adress"),
    "customer_email_old": lazy("Bekräfta byte av adress"),
    "customer_email_taken": lazy("Adressen har ett konto"),
    "customer_known": lazy("Du har redan ett konto"),
    "customer_not_opened": lazy("Kontot kunde inte öppnas"),
    "customer_password": lazy("Ändrat lösenord"), "customer_reset": lazy("Välj nytt lösenord"),
    "customer_unblocked": lazy("Kontot öppet igen"),
    "customer_unknown": lazy("Inget konto med adressen"),
    "customers_merged": lazy("Två konton blev ett"),
    "own_ticket": lazy("Länk till en biljett"),
    "own_ticket_reissued": lazy("Länk till en ny biljett"),
    "own_ticket_reminder": lazy("Påminnelse om en biljett"),
    "parcel_answer": lazy("Svar om en försändelse"), "parcel_posted": lazy("Postat kort"),
    "period_adjusted": lazy("Förlängd period"),
    "purse_load_reminder": lazy("Påminnelse om en laddning"),
    "refund": lazy("Pengar tillbaka"), "shop_receipt": lazy("Kvitto"),
}
MEANS = {"e-mail": lazy("E-post"), "sms": lazy("SMS")}
WHO = {"customer": sv("Dig"), "clerk": sv("Kundcenter")}
LANGUAGES = {"sv": "Svenska", "en": "English"}


def value(value: Enum) -> str:
    named = words.WORDS.get(type(value))
    return _(named[value]) if named else str(VALUES[type(value)][value])


def text(name: str, value: str | int) -> str:
    if name == "mobile":
        return show_mobile(value)
    if name == "number" and str(value).isdigit():
        return show_card(str(value))
    if name == "language":
        return LANGUAGES.get(value, value)
    if name == "by":
        return _(WHO[value])
    if name == "template":
        return str(LETTERS[value])
    return str(MEANS[value]) if name == "means" else str(value)
