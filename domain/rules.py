"""The numbers that an authority may set. The defaults are those of the product's rules."""
from dataclasses import dataclass

from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Rules:
    credit_limit_max_ore: int = 1_500_000
    """Highest limit for business travel, per employee and calendar month, VAT included."""
    authorisation_minutes: int = 15
    """So long a purchase keeps its room before it is captured."""
    raise_days_max: int = 62
    """So far ahead the end of a raise of somebody's limit may be."""
    raises_per_hour: int = 5
    """Asked for by one person."""
    limit_warning_percent: int = 80
    """Of a limit or a budget: whoever has used so much is told, and again when all is used."""
    limit_digest_days: int = 1
    """So often, at most, an administrator is written to about who is near their limit."""
    code_days: int = 7
    code_tries: int = 5
    code_reminder_days: int = 2
    """So long before a code can no longer be used its traveller is reminded."""
    code_sending_shown: int = 25
    """More codes than so that are ordered at once can be watched on their way."""
    codes_per_number: int = 10
    """One-time codes to one mobile, an hour."""
    codes_per_company: int = 200_000
    """One-time codes that one company orders, an hour."""
    application_working_days: int = 5
    """A new company is promised an answer within this many Swedish working days."""
    trial_tickets_max: int = 50
    """So many tickets an applicant may send for trial."""
    trial_texts_max: int = 100
    """So many text messages; further ones are not sent."""
    trial_days: int = 90
    """A trial that nobody ends by a decision ends by itself."""
    activate_within_days: int = 365
    youth_age_max: int = 19
    """The oldest whom a youth's ticket is for."""
    senior_age_min: int = 65
    """The youngest whom a senior's is for."""
    recall_days: int = 30
    """So long after it was sent a ticket may be recalled."""
    recalls_at_once_max: int = 5_000
    reissues_max: int = 2
    """So many times a ticket is made anew when the phone that carried it is lost."""
    reissue_wait_hours: int = 24
    ending_days: int = 60
    """So long before a period ticket may end it is offered for renewal."""
    renewals_at_once_max: int = 200
    activation_reminder_days: int = 14
    """So long before a ticket can no longer be activated its traveller is reminded."""
    ticket_moves_max: int = 5
    """So many times a ticket may be moved to another phone in as many days as these:"""
    ticket_moves_days: int = 30
    holding_code_minutes: int = 10
    """So long a code that moves a ticket to another phone may be typed."""
    holding_codes_per_hour: int = 3
    """With which one ticket is moved."""
    holding_codes_per_number: int = 10
    """To one mobile, an hour."""
    holding_tries_per_hour: int = 100
    """Codes asked for and typed from one address, which a whole company may share."""
    own_links_per_hour: int = 3
    """Links to one ticket that a private customer may have sent again."""
    single_minutes_zones_1: int = 60
    single_minutes_zones_2: int = 90
    single_minutes_county: int = 150
    single_minutes_border: int = 240
    deduction_months: int = 12
    """In which the salary pays what the offer that comes with a company holds."""
    invitation_days: int = 14
    welcome_days: int = 30
    """So long a traveller from the company's own system may answer the first link."""
    deputy_days_max: int = 180
    login_hours: int = 12
    customer_login_hours: int = 24 * 14
    """So long a private customer stays logged in."""
    customer_tries_per_address: int = 200
    """Logins with a password, and links followed, from one address, which a school may share."""
    customer_tries_per_account: int = 10
    """Passwords typed for one account in an hour, right or wrong."""
    customer_letters_per_hour: int = 5
    """With a link to one account, asked for by anybody."""
    registrations_per_hour: int = 30
    """Accounts of Mina sidor asked for from one address."""
    child_tries_per_hour: int = 20
    """Children whom one customer tries to add, right or wrong."""
    customer_confirm_days: int = 7
    """So long the link that opens an account works."""
    password_reset_hours: int = 4
    email_change_days: int = 3
    """So long both addresses have to say yes to a change."""
    login_tries_per_hour: int = 300
    """BankID orders from one address, which a whole company may share."""
    code_tries_per_hour: int = 20
    """One-time codes typed by one person, right or wrong."""
    code_tries_per_address: int = 200
    """The same from one address, which a whole company may share."""
    applications_per_hour: int = 10
    """Company applications from one address."""
    letters_per_hour: int = 5
    """With the link to one application, asked for by the applicant."""
    scim_requests_per_hour: int = 200_000
    """From a company's own system, with one key: well over 25 each second."""
    api_token_minutes: int = 15
    """So long a token works that an app has got for its secret."""
    api_tokens_per_hour: int = 1_000
    """Asked for from one address, with the right secret or a wrong one."""
    api_requests_per_minute: int = 12_000
    """Of one app, for all its travellers."""
    api_secret_overlap_hours: int = 24
    """So long the secret before works when an app gets a new one."""
    idempotency_hours: int = 48
    """So long the same request, sent again, is answered the same."""
    webhook_tries: int = 72
    """So many times an app is told of a thing before a clerk is: in about three days."""
    webhook_days: int = 30
    """So long it can be seen what an app was told."""
    lease_seconds: int = 30
    """How long a worker has a message to itself: longer than any one delivery may take."""
    import_rows_max: int = 100_000
    import_sync_rows_max: int = 2_000
    """A longer list is checked and carried out by a worker."""
    import_bytes_max: int = 25_000_000
    import_undo_hours: int = 24
    send_later_days: int = 90
    """So far ahead the message with a ticket may wait."""
    order_recipients_max: int = 5_000
    """Those that one order of tickets goes to."""
    order_quantity_max: int = 20
    """Tickets to each of them."""
    order_sync_max: int = 25
    """An order of more tickets is sent by a worker."""
    draft_hours: int = 24
    """So long an order that has not been sent is kept."""
    greeting_max: int = 140
    """Characters of the sender's own in a text message, which then has two parts."""
    night_from: int = 21
    night_to: int = 7
    """The hours when nobody wants a text message."""
    card_prefix: int = 9752
    """What the number of each of our travel cards begins with: 9, national, and 752, Sweden."""
    card_digits: int = 16
    """How many digits there are on a travel card, the check digit among them."""
    card_hours: int = 24
    """A ticket is on its card within this time."""
    new_card_ore: int = 2_000
    """What a travel card costs, VAT included, before anything is put on it."""
    postage_ore: int = 0
    """For all that an order has posted; nothing when it is included in the prices."""
    shop_vat_basis_points: int = 600
    """In the price of a card, of postage, and of what is put in a purse."""
    purse_load_min_ore: int = 10_000
    """A purse is loaded with so much at least, at a time."""
    purse_max_ore: int = 300_000
    """At most what is in a purse and on its way to it."""
    cart_lines_max: int = 20
    cart_quantity_max: int = 10
    """So many alike."""
    cart_days: int = 14
    """So long a cart that nobody touches is kept."""
    shop_order_minutes: int = 60
    """So long an order waits for its payment."""
    new_card_working_days: int = 3
    """A card that is ordered is posted within so many Swedish working days."""
    replacement_working_days: int = 5
    """One that takes another's place, within so many."""
    missing_after_weekdays: int = 6
    """So long after the order it is asked for when it has not come."""
    card_report_days: int = 7
    """So late a bus may report that a card was read."""
    topup_days: int = 90
    """So long after it was paid for a load of a purse can be activated."""
    topup_reminder_days: int = 14
    """So long before that its owner is reminded."""
    topup_forfeits: int = 0
    """1: what nobody has activated in time is forfeited by itself; 0: a clerk decides."""
    trips_most: int = 10
    trip_days: int = 60
    """The latest trips with a card on an account of Mina sidor, and for so long."""
    price_draft_days: int = 90
    """So long a price list that nobody publishes is kept."""
    card_tries_per_hour: int = 20
    """Numbers of cards that one customer may try to register, right or wrong."""
    card_tries_per_address: int = 100
    """The same from one address, which a family or a school may share."""
    purse_moved_min_ore: int = 1_000
    """A purse with less is not sent to a new card when its own is blocked."""
    local_service_days: int = 3
    """So long before the day of a journey by Närtrafik a period has to have been activated."""
    local_service_booking_hours: int = 2
    """So long before the journey it is booked at the latest."""
    cards_at_once_max: int = 5_000
    """So many cards are added by one list."""
    ticket_key_publish_hours: int = 24
    """So long all who inspect tickets have a new key before the first ticket that it signs."""
    inspection_skew_seconds: int = 120
    """So much an inspector's clock may be behind ours."""
    code_fresh_minutes: int = 5
    """A code that was drawn longer ago may be a screenshot: the inspector is told to look twice."""
    inspection_stale_hours: int = 24
    """An inspector is warned when the keys and the block list are older."""

    invoice_reminder_days: int = 10
    """So long after its last day an invoice that is not paid is reminded of, and again as long
    after the first reminder."""
    invoice_reminders_max: int = 2
    """So many reminders go by themselves; a clerk may send more."""
    peppol_answer_days: int = 5
    """So long the access point is asked what became of an invoice."""
    company_stop_notice_days: int = 7
    """So long before it a company is told that it is stopped from buying."""
    bank_file_bytes_max: int = 10_000_000

    document_bytes_max: int = 5_000_000
    """Of a certificate or a receipt that a clerk is shown."""
    document_days: int = 365
    """So long it is kept."""
    service_reason_days: int = 730
    """So long it can be read why a clerk did something for a private customer."""
    posted_address_days: int = 365
    """So long it is kept where a card was posted."""
    customer_letter_days: int = 90
    """So long it can be seen that a private customer was written to."""
    bookkeeping_years: int = 7
    """So many whole calendar years after its own an order is kept."""

    offers_at_once_max: int = 1_000
    """Applications for staff offers that are decided together."""
    offer_reminder_days: int = 2
    """So long before the last day those who should decide an application are reminded of it."""
    offer_renewal_days: int = 30
    """So long before a staff offer's ticket ends its traveller is asked to apply again."""
    invoice_first_number: int = 100_001
    """What the series of invoices and credit notes begins with."""
    invoice_due_days: int = 30
    """So long a company has to pay an invoice."""
    invoice_min_ore: int = 50_000
    """Less than so much for a reference number is rolled on to a later month's invoice, within the
    year."""
    month_check_days: int = 5
    """So long before a month closes its administrators are asked to go through the purchases."""

    receivable_account: int = 1_510
    """In our own books: what companies owe. The accounts are those of BAS."""
    send_ticket_revenue_account: int = 3_011
    business_travel_revenue_account: int = 3_012
    staff_offer_revenue_account: int = 3_013
    vat_25_account: int = 2_611
    vat_12_account: int = 2_621
    vat_6_account: int = 2_631

    list_file_days: int = 30
    """So long a list that a worker has written is kept."""
    list_files_busy_max: int = 20
    """So many of one company's are written, or wait for it, at once."""
    list_mail_bytes_max: int = 5_000_000
    """A longer one is fetched in the portal, and not sent with the letter."""
    saved_reports_max: int = 30
    """Of one person."""


def rules(session: Session) -> Rules:
    return session.info["rules"]
