"""What fixed values are called: the name of each product, state and kind that a page shows."""
from blueprints.language import _
from documents import lists
from domain import (
    applications,
    card_tickets,
    companies,
    customer_cards,
    deduction_settlements,
    deductions,
    incoming_payments,
    invoice_deliveries,
    invoice_files,
    invoice_searches,
    invoice_standings,
    invoices,
    join_requests,
    list_files,
    messages,
    offer_doubts,
    offer_queue,
    offers,
    parcel_cases,
    parcels,
    payments,
    payroll_settings,
    price_comparison,
    price_lists,
    products,
    purchase_groups,
    purchase_searches,
    raises,
    recalls,
    refunds,
    renewals,
    sent_searches,
    service_acts,
    services,
    shop_orders,
    standings,
    statistic_groups,
    tickets,
    travel_cards,
    travel_states,
    traveller_acts,
    traveller_lists,
    traveller_searches,
    travellers,
)
from domain.texts import sv

WORDS: dict[type, dict] = {
    products.Product: products.NAMES,
    products.Category: products.CATEGORY_NAMES,
    products.Extent: products.EXTENT_NAMES,
    products.Area: products.AREA_NAMES,
    services.Service: services.SERVICE_NAMES,
    companies.Sector: {
        companies.Sector.PRIVATE: sv("Privat"), companies.Sector.PUBLIC: sv("Offentlig")},
    applications.Size: {
        applications.Size.UP_TO_10: sv("Högst 10"), applications.Size.UP_TO_50: sv("11–50"),
        applications.Size.UP_TO_250: sv("51–250"), applications.Size.MORE: sv("Fler än 250")},
    applications.State: {
        applications.State.RECEIVED: sv("Granskas"),
        applications.State.NEEDS_INFORMATION: sv("Väntar på den sökande"),
        applications.State.APPROVED: sv("Godkänd"), applications.State.DECLINED: sv("Avslagen"),
        applications.State.WITHDRAWN: sv("Återtagen")},
    join_requests.State: {
        join_requests.State.WAITING: sv("Väntar på beslut"),
        join_requests.State.APPROVED: sv("Godkänd"), join_requests.State.DECLINED: sv("Avslagen"),
        join_requests.State.WITHDRAWN: sv("Återtagen")},
    tickets.State: {
        tickets.State.UNACTIVATED: sv("Inte aktiverad"), tickets.State.ACTIVE: sv("Aktiv"),
        tickets.State.RESTING: sv("Vilar"), tickets.State.EXPIRED: sv("Förbrukad"),
        tickets.State.RECALLED: sv("Återkallad")},
    messages.State: {
        messages.State.WAITING: sv("Väntar"), messages.State.SENDING: sv("Skickas"),
        messages.State.SENT: sv("Skickat"), messages.State.DELIVERED: sv("Levererat"),
        messages.State.FAILED: sv("Kom inte fram"),
        messages.State.CANCELLED: sv("Inte skickat")},
    standings.State: {
        standings.State.CODE_WAITING: sv("Koden skickas"),
        standings.State.CODE_SENT: sv("Kod skickad"),
        standings.State.CODE_FAILED: sv("Koden kom inte fram"),
        standings.State.CODE_EXPIRED: sv("Koden har gått ut"),
        standings.State.CODE_LOCKED: sv("Koden är låst"),
        standings.State.REGISTERED: sv("Registrerad"), standings.State.PAUSED: sv("Pausad"),
        standings.State.ENDED: sv("Avslutad")},
    travel_states.Reach: {
        travel_states.Reach.NOT_CONNECTED: sv("Inte ansluten"),
        travel_states.Reach.CONNECTED: sv("Alla anslutna"),
        travel_states.Reach.UNREGISTERED: sv("Har inte registrerat")},
    traveller_searches.Whom: {
        traveller_searches.Whom.HERE: sv("De som är kvar"),
        traveller_searches.Whom.LEAVING: sv("De som ska sluta"),
        traveller_searches.Whom.ENDED: sv("De som har slutat")},
    traveller_lists.Sort: {
        traveller_lists.Sort.NAME: sv("Namn"),
        traveller_lists.Sort.DEPARTMENT: sv("Avdelning"),
        traveller_lists.Sort.NUMBER: sv("Anställningsnummer"),
        traveller_lists.Sort.REGISTERED: sv("Registrerad")},
    traveller_acts.Why: {
        traveller_acts.Why.THERE: sv("är i avdelningen redan"),
        traveller_acts.Why.CONNECTED: sv("är redan anslutna"),
        traveller_acts.Why.NOT_ALLOWED: sv("får inte använda Tjänsteresor"),
        traveller_acts.Why.NO_MOBILE: sv("saknar mobilnummer"),
        traveller_acts.Why.NOT_CONNECTED: sv("är inte anslutna"),
        traveller_acts.Why.REGISTERED: sv("har redan registrerat Allpay"),
        traveller_acts.Why.PAUSED: sv("är pausade"),
        traveller_acts.Why.NOT_PAUSED: sv("är inte pausade"),
        traveller_acts.Why.SAME_LIMIT: sv("har den gränsen redan"),
        traveller_acts.Why.SAME_POLICY: sv("har den policyn redan")},
    price_lists.State: {
        price_lists.State.COMING: sv("Kommande"), price_lists.State.IN_FORCE: sv("Gäller"),
        price_lists.State.PAST: sv("Har gällt")},
    price_comparison.Doubt: {
        price_comparison.Doubt.GONE: sv("Säljs inte längre"),
        price_comparison.Doubt.MUCH_HIGHER: sv("Höjs mer än 25 %"),
        price_comparison.Doubt.LOWER: sv("Blir billigare"),
        price_comparison.Doubt.OTHER_VAT: sv("Annan moms")},
    sent_searches.State: {
        sent_searches.State.PLANNED: sv("Planerad"), sent_searches.State.UNDER_WAY: sv("På väg"),
        sent_searches.State.DELIVERED: sv("Levererad"),
        sent_searches.State.FAILED: sv("Kom inte fram"),
        sent_searches.State.RECALLED: sv("Återkallad"),
        sent_searches.State.PAST: sv("Sista dagen har passerat")},
    recalls.Why: {
        recalls.Why.RECALLED: sv("redan återkallade"),
        recalls.Why.OFFER: sv("från ett personalerbjudande"),
        recalls.Why.TOO_OLD: sv("för gamla att återkalla")},
    renewals.Why: {
        renewals.Why.LEFT: sv("vars resenär, avdelning eller kort inte är kvar"),
        renewals.Why.NOT_ALLOWED: sv("som avdelningen eller resenären inte får använda"),
        renewals.Why.NOT_SOLD: sv("som inte säljs längre")},
    travel_cards.State: {
        travel_cards.State.FREE: sv("Ledigt"), travel_cards.State.OUT: sv("Utlämnat"),
        travel_cards.State.DUE: sv("Ska lämnas tillbaka"),
        travel_cards.State.BLOCKED: sv("Spärrat")},
    customer_cards.State: {
        customer_cards.State.OPEN: sv("Går att resa med"), customer_cards.State.FROZEN: sv("Fryst"),
        customer_cards.State.BLOCKED: sv("Spärrat")},
    card_tickets.Stage: {
        card_tickets.Stage.LATER: sv("Skickas senare"),
        card_tickets.Stage.ON_ITS_WAY: sv("På väg till kortet"),
        card_tickets.Stage.LATE: sv("Försenad till kortet"),
        card_tickets.Stage.ON_CARD: sv("Finns på kortet"),
        card_tickets.Stage.BLOCKED: sv("Spärrad med kortet"),
        card_tickets.Stage.RECALLED: sv("Återkallad")},
    raises.State: {
        raises.State.ASKED: sv("Väntar på beslut"), raises.State.GRANTED: sv("Beviljad"),
        raises.State.REFUSED: sv("Avslagen"), raises.State.WITHDRAWN: sv("Återtagen"),
        raises.State.OVER: sv("Över")},
    purchase_searches.Which: {
        purchase_searches.Which.FAR: sv("Köp som sticker ut"),
        purchase_searches.Which.REFUNDED: sv("Återbetalda köp")},
    purchase_groups.Per: {
        purchase_groups.Per.DEPARTMENT: sv("Per avdelning"),
        purchase_groups.Per.PERSON: sv("Per resenär"),
        purchase_groups.Per.PRODUCT: sv("Per biljett"),
        purchase_groups.Per.PURPOSE: sv("Per ändamål"), purchase_groups.Per.DAY: sv("Per dag")},
    statistic_groups.Per: {
        statistic_groups.Per.MONTH: sv("Per månad"),
        statistic_groups.Per.DEPARTMENT: sv("Per avdelning"),
        statistic_groups.Per.SERVICE: sv("Per tjänst"),
        statistic_groups.Per.PRODUCT: sv("Per biljett"),
        statistic_groups.Per.PERSON: sv("Per resenär"),
        statistic_groups.Per.PURPOSE: sv("Per ändamål")},
    list_files.What: lists.TITLES,
    list_files.State: {
        list_files.State.WAITING: sv("Väntar"), list_files.State.WRITING: sv("Skapas"),
        list_files.State.READY: sv("Klar")},
    list_files.Format: {
        list_files.Format.XLSX: sv("Excel"), list_files.Format.CSV: sv("CSV")},
    service_acts.Kind: {
        service_acts.Kind.BLOCKED: sv("Avstängd"),
        service_acts.Kind.UNBLOCKED: sv("Avstängningen hävd"),
        service_acts.Kind.CORRECTED: sv("Uppgifter rättade"),
        service_acts.Kind.ADJUSTED: sv("Period justerad efter intyg"),
        service_acts.Kind.RECHARGED: sv("Skadat kort ersatt"),
        service_acts.Kind.REFUNDED: sv("Pengar tillbaka"),
        service_acts.Kind.LOAD_ENDED: sv("Laddning betalas tillbaka"),
        service_acts.Kind.CARD_REPLACED: sv("Kort spärrat"),
        service_acts.Kind.MERGED: sv("Konton ihopslagna"),
        service_acts.Kind.DELETED: sv("Konto borttaget")},
    payments.Means: {
        payments.Means.CARD: sv("Bankkort"), payments.Means.SWISH: sv("Swish")},
    payments.State: {
        payments.State.BEGUN: sv("Påbörjad"), payments.State.OPEN: sv("Väntar"),
        payments.State.PAID: sv("Betald"), payments.State.DECLINED: sv("Nekad"),
        payments.State.CANCELLED: sv("Avbruten"),
        payments.State.TIMED_OUT: sv("Inte betald i tid"), payments.State.ERROR: sv("Gick fel"),
        payments.State.UNKNOWN: sv("Okänt ännu")},
    refunds.State: {
        refunds.State.ASKED: sv("På väg"), refunds.State.SENT: sv("På väg"),
        refunds.State.DEBITED: sv("På väg"), refunds.State.PAID: sv("Framme"),
        refunds.State.FAILED: sv("Gick fel"), refunds.State.UNKNOWN: sv("Okänt ännu")},
    parcels.Kind: {
        parcels.Kind.NEW: sv("Nytt kort"), parcels.Kind.REPLACEMENT: sv("Ersättningskort"),
        parcels.Kind.LOST: sv("Ersätter ett som kom bort")},
    parcels.State: {
        parcels.State.ORDERED: sv("Beställt"), parcels.State.PACKED: sv("Packat"),
        parcels.State.POSTED: sv("Postat"), parcels.State.CANCELLED: sv("Avbeställt")},
    parcel_cases.Reason: {
        parcel_cases.Reason.MISSING: sv("Har inte kommit"),
        parcel_cases.Reason.DAMAGED: sv("Kom skadat")},
    parcel_cases.Outcome: {
        parcel_cases.Outcome.REPLACED: sv("Ett nytt skickades"),
        parcel_cases.Outcome.ARRIVED: sv("Det kom fram"),
        parcel_cases.Outcome.REFUNDED: sv("Betalades tillbaka")},
    shop_orders.Kind: shop_orders.KIND_NAMES,
    shop_orders.State: {
        shop_orders.State.OPEN: sv("Väntar på betalning"), shop_orders.State.PAID: sv("Betalt"),
        shop_orders.State.CANCELLED: sv("Avbrutet"),
        shop_orders.State.EXPIRED: sv("Betalades inte")},
    invoices.Kind: {
        invoices.Kind.INVOICE: sv("Faktura"), invoices.Kind.CREDIT_NOTE: sv("Kreditfaktura")},
    companies.InvoiceChannel: {
        companies.InvoiceChannel.PEPPOL: sv("E-faktura (Peppol)"),
        companies.InvoiceChannel.EMAIL: sv("E-post"),
        companies.InvoiceChannel.PAPER: sv("Papper")},
    invoice_files.Kind: invoice_files.KIND_NAMES,
    invoice_deliveries.State: {
        invoice_deliveries.State.WAITING: sv("Väntar"),
        invoice_deliveries.State.SENT: sv("Skickad"),
        invoice_deliveries.State.DELIVERED: sv("Framme"),
        invoice_deliveries.State.ACCEPTED: sv("Godkänd"),
        invoice_deliveries.State.REFUSED: sv("Nekad"),
        invoice_deliveries.State.FAILED: sv("Kom inte fram")},
    invoice_searches.Which: {
        invoice_searches.Which.TROUBLED: sv("Kom inte fram"),
        invoice_searches.Which.OVERDUE: sv("Förfallna"),
        invoice_searches.Which.UNPAID: sv("Obetalda"),
        invoice_searches.Which.CREDIT: sv("Krediter att räkna av")},
    incoming_payments.Doubt: {
        incoming_payments.Doubt.UNKNOWN: sv("Nämner ingen faktura"),
        incoming_payments.Doubt.OVER: sv("Mer än fakturan"),
        incoming_payments.Doubt.PAID_ALREADY: sv("Fakturan är redan betald"),
        incoming_payments.Doubt.SEVERAL: sv("Flera fakturor, annan summa"),
        incoming_payments.Doubt.DEDUCTION: sv("Avdrag utan kreditfaktura"),
        incoming_payments.Doubt.TAKEN_BACK: sv("Tillbakatagen")},
    invoice_standings.State: {
        invoice_standings.State.MADE: sv("Skickas"), invoice_standings.State.SENT: sv("Skickad"),
        invoice_standings.State.REFUSED: sv("Kom inte fram"),
        invoice_standings.State.PARTLY: sv("Delvis reglerad"),
        invoice_standings.State.OVERDUE: sv("Obetald"),
        invoice_standings.State.PAID: sv("Betald"),
        invoice_standings.State.SETTLED: sv("Avräknad")},
    deductions.Mark: {
        deductions.Mark.NEW: sv("Ny"), deductions.Mark.RUNNING: sv("Löpande"),
        deductions.Mark.ENDING: sv("Sista"), deductions.Mark.CORRECTED: sv("Rättelse")},
    companies.Deduction: {
        companies.Deduction.NET: sv("Nettolöneavdrag"),
        companies.Deduction.GROSS: sv("Bruttolöneavdrag")},
    deduction_settlements.Cause: {
        deduction_settlements.Cause.RECALLED: sv("Biljetten återkallades"),
        deduction_settlements.Cause.RETURNED: sv("Biljetten återlämnades"),
        deduction_settlements.Cause.LEFT: sv("Slutar"),
        deduction_settlements.Cause.STAYED: sv("Slutar inte"),
        deduction_settlements.Cause.ON_LEAVE: sv("Ledig")},
    deduction_settlements.How: {
        deduction_settlements.How.AT_ONCE: sv("Resten på en gång"),
        deduction_settlements.How.LATER: sv("Resten efter ledigheten"),
        deduction_settlements.How.ELSEWHERE: sv("Inte på lönen")},
    payroll_settings.Format: {
        payroll_settings.Format.PAXML_20: sv("PAXml 2.0"),
        payroll_settings.Format.PAXML_22: sv("PAXml 2.2"),
        payroll_settings.Format.CSV: sv("CSV"), payroll_settings.Format.XLSX: sv("Excel")},
    payroll_settings.Cell: {
        payroll_settings.Cell.EMPLOYEE: sv("Den anställdas nummer"),
        payroll_settings.Cell.EMPLOYEE_NUMBER: sv("Anställningsnummer"),
        payroll_settings.Cell.PERSONNUMMER: sv("Personnummer"),
        payroll_settings.Cell.NAME: sv("Namn"), payroll_settings.Cell.CODE: sv("Löneart"),
        payroll_settings.Cell.TEXT: sv("Benämning"), payroll_settings.Cell.DATE: sv("Datum"),
        payroll_settings.Cell.MONTH: sv("Period"),
        payroll_settings.Cell.QUANTITY: sv("Antal"),
        payroll_settings.Cell.UNIT_PRICE: sv("À-pris"),
        payroll_settings.Cell.AMOUNT: sv("Belopp"),
        payroll_settings.Cell.COST_CENTRE: sv("Kostnadsställe"),
        payroll_settings.Cell.EMPLOYER: sv("Organisationsnummer")},
    offers.State: {
        offers.State.WAITING: sv("Väntar på beslut"), offers.State.ASKED: sv("Väntar på svar"),
        offers.State.APPROVED: sv("Beviljad"),
        offers.State.DECLINED: sv("Avslagen"), offers.State.WITHDRAWN: sv("Återtagen")},
    offer_queue.Show: {
        offer_queue.Show.WAITING: sv("De som väntar"),
        offer_queue.Show.SECOND: sv("De som väntar på ett ja till"),
        offer_queue.Show.ASKED: sv("De som väntar på svar"),
        offer_queue.Show.APPROVED: sv("Beviljade"), offer_queue.Show.DECLINED: sv("Avslagna"),
        offer_queue.Show.WITHDRAWN: sv("Återtagna"), offer_queue.Show.ALL: sv("Alla")},
    offer_queue.Due: {
        offer_queue.Due.PAST: sv("Har gått"), offer_queue.Due.WEEK: sv("Inom sju dagar")},
    offer_doubts.Doubt: {
        offer_doubts.Doubt.UNANSWERED: sv("har inte svarat på frågan"),
        offer_doubts.Doubt.ANSWERED: sv("har svarat på en fråga"),
        offer_doubts.Doubt.LATE: sv("ville börja en dag som har varit, biljetten börjar i dag"),
        offer_doubts.Doubt.RUNNING: sv("har en biljett som kan gälla då"),
        offer_doubts.Doubt.LEAVING: sv("slutar innan lönen har betalat allt"),
        offer_doubts.Doubt.OUTSIDE: sv("omfattas inte av erbjudandet nu")},
    travellers.EmploymentForm: travellers.EMPLOYMENT_NAMES,
}

for state, name in WORDS[standings.State].items():
    WORDS[travel_states.Reach][travel_states.Reach(state.value)] = name


def word(value) -> str:
    """The name of a product, a state or another fixed value, in the reader's language."""
    return _(WORDS[type(value)][value])
