"""Things to test with. Every argument has a quiet default."""
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from uuid import uuid4

from sqlalchemy import select

from documents import bgmax
from domain import (
    access,
    activations,
    api_clients,
    api_tokens,
    applications,
    bank_reading,
    business_travel,
    card_holdings,
    cart_prices,
    carts,
    checkouts,
    code_sendings,
    codes,
    customer_cards,
    customer_logins,
    customer_passwords,
    customers,
    departments,
    deputies,
    invitations,
    invoice_deliveries,
    invoice_prints,
    invoice_questions,
    invoices,
    join_requests,
    legal_employers,
    list_files,
    logins,
    month_runs,
    offer_decisions,
    offers,
    order_checking,
    packing,
    parcel_cases,
    payment_methods,
    payroll_making,
    payroll_rows,
    people,
    policies,
    postings,
    price_drafts,
    price_lists,
    private_cards,
    private_sales,
    products,
    purchases,
    purse_loads,
    purses,
    raise_requests,
    recipient_groups,
    reports,
    sales,
    saved_reports,
    scim_tokens,
    service_acts,
    service_documents,
    shop_deliveries,
    staff_offers,
    ticket_orders,
    tickets,
    traveller_imports,
    travellers,
    trials,
    webhooks,
)
from domain.access import Actor, Role, Scope
from domain.authorisations import Authorisation
from domain.bank_files import BankFile
from domain.card_numbers import make_card
from domain.carts import Cart
from domain.companies import Company
from domain.customers import Child, Customer
from domain.departments import Department
from domain.import_rows import COLUMNS
from domain.invitations import Invitation
from domain.invoice_prints import InvoicePrint
from domain.invoices import Invoice
from domain.legal_employers import LegalEmployer
from domain.list_files import ListFile
from domain.months import Month, days_later
from domain.outbox import OutboxMessage
from domain.parcels import Parcel
from domain.payments import Means, Payment
from domain.payments import State as PaymentState
from domain.payroll_exports import PayrollExport
from domain.payroll_settings import Identity
from domain.people import Deputyship, Person
from domain.price_lists import PriceList
from domain.products import Extent, Product
from domain.reports import MonthlyReport
from domain.rules import rules
from domain.sales import Recipient
from domain.saved_reports import SavedReport
from domain.services import Service
from domain.shop_orders import Kind as ShopKind
from domain.shop_orders import ShopOrder
from domain.shop_wares import Wish as ShopWish
from domain.specification_lines import SpecificationLine
from domain.staff_offers import StaffOffer
from domain.statistic_groups import Wish as StatisticWish
from domain.store import Store
from domain.ticket_orders import TicketOrder, Wish
from domain.travel_cards import TravelCard
from domain.travellers import Details, Traveller
from tests.documents.bank import bgmax_file

MORNING = datetime(2026, 11, 20, 7, tzinfo=UTC)
PRICES = Path(__file__).parent.parent / "data" / "prices.csv"
ONE_ZONE = products.Trip(Extent.ZONES_1, (181,))
COUNTY = products.Trip(Extent.COUNTY)
OCTOBER = Month(2026, 10)


def luhn(nine: str) -> int:
    """The last digit of a personnummer or an organisation number."""
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(nine))
    return -sum(each // 10 + each % 10 for each in doubled) % 10


def personnummer(number: int) -> str:
    """Fictional and valid, one for each number: born 1970 and on, serial 238 or 239."""
    born = date(1970, 1, 1) + timedelta(days=number // 2)
    nine = f"{born:%y%m%d}{238 + number % 2}"
    return f"{born:%Y%m%d}{238 + number % 2}{luhn(nine)}"


def born(day: date, serial: int = 238) -> str:
    """A valid personnummer of somebody born on the day."""
    nine = f"{day:%y%m%d}{serial}"
    return f"{day:%Y%m%d}{serial}{luhn(nine)}"


PASSWORD = "en mening att minnas"
"""Of every customer."""
NEW_CARD = ShopWish(kind=ShopKind.NEW_CARD, purse_ore=20_000)


class Factory:
    """Each thing is committed at once, through the verbs that the portal itself uses."""

    def __init__(self, store: Store, session):
        self.store, self.session = store, session
        self._numbers = count(1)

    def price_list(self) -> PriceList:
        if price_lists.in_force(self.session, now=MORNING) is None:
            with PRICES.open(encoding="utf-8") as file:
                self._saved(price_lists.publish, "Prislista", file, now=MORNING)
        return price_lists.in_force(self.session, now=MORNING)

    def coming_list(self, name="Prislista 2027", starts_on=date(2027, 1, 1), *, dearer=200,
                    by=None) -> PriceList:
        """Each ticket costs so many öre more than in the list in force."""
        prices = price_lists.of_list(self.session, self.price_list()).values()
        lines = [replace(each, price_ore=each.price_ore + dearer) for each in prices]
        return self._saved(price_lists.add, name, starts_on, lines, by=by, now=MORNING)

    def price_draft(self, *rows, name="Prislista 2027", starts_on=date(2027, 1, 1), by=None):
        """A list that is uploaded: its rows have the cells of `price_rows.COLUMNS`."""
        return self._saved(price_drafts.upload, name, starts_on, list(enumerate(rows, start=2)),
                           file_name="priser.csv", by=by or NOBODY, now=MORNING)

    def company(self, name="Bolaget AB", *, approved_at=MORNING) -> Company:
        number = f"556{next(self._numbers):06}"
        company = Company(name=name, organisation_number=f"{number}{luhn(number)}",
                          street="Storgatan 1", postcode="553 20", city="Jönköping",
                          invoice_email="faktura@bolaget.example", approved_at=approved_at)
        with self.store.transaction(self.session):
            self.session.add(company)
            self.session.flush()
            departments.add(self.session, company.id,
                            departments.Details(departments.FIRST, "1000"), by=None, now=MORNING)
            staff_offers.first(self.session, company, now=MORNING)
        return company

    def department(self, company=None, name="Verkstad", reference_number="2000", *,
                   details=None) -> Department:
        company = company or self.company()
        return self._saved(departments.add, company.id,
                           details or departments.Details(name, reference_number), by=None,
                           now=MORNING)

    def archived(self, department: Department) -> Department:
        self._saved(departments.archive, department, by=NOBODY, now=MORNING)
        return department

    def first_department(self, company) -> Department:
        return departments.of_company(self.session, within=Scope(company.id))[0]

    def person(self, given_name="Åsa", surname="Öberg", *, number=None,
               email="asa@bolaget.example") -> Person:
        return self._saved(people.meet, number or personnummer(next(self._numbers)),
                           given_name=given_name, surname=surname, email=email, now=MORNING)

    def admin(self, company=None, **person) -> Person:
        admin = self.person(**person)
        self._saved(people.appoint, admin, Role.COMPANY_ADMIN,
                    company_id=(company or self.company()).id, now=MORNING)
        return admin

    def department_admin(self, *departments: Department, **person) -> Person:
        admin = self.person(**{"given_name": "Dan", "surname": "Lund",
                               "email": "dan@bolaget.example"} | person)
        self._saved(people.appoint, admin, Role.DEPARTMENT_ADMIN,
                    company_id=departments[0].company_id,
                    departments=[department.id for department in departments], now=MORNING)
        return admin

    def invitation(self, by: Person, *departments: Department, name="Anna Ek",
                   email="anna@bolaget.example", secret="a secret", at=MORNING) -> Invitation:
        role = Role.DEPARTMENT_ADMIN if departments else Role.COMPANY_ADMIN
        details = invitations.Details(name, email, role, tuple(each.id for each in departments))
        return self._saved(invitations.invite, details, language="sv", secret=secret,
                           by=self.actor(by), now=at)

    def deputyship(self, holder: Person, deputy: Person, *, first_on=date(2026, 11, 20),
                   last_on=date(2026, 11, 26)) -> Deputyship:
        return self._saved(deputies.name, deputy, first_on=first_on, last_on=last_on,
                           by=self.actor(holder), now=MORNING)

    def clerk(self, **person) -> Person:
        clerk = self.person(**{"given_name": "Berit", "surname": "Handläggare",
                               "email": "berit@lanstrafiken.example"} | person)
        self._saved(people.appoint, clerk, Role.CLERK, company_id=None, now=MORNING)
        return clerk

    def inspector(self, **person) -> Person:
        inspector = self.person(**{"given_name": "Ingrid", "surname": "Blom"} | person)
        self._saved(people.appoint, inspector, Role.INSPECTOR, company_id=None, now=MORNING)
        return inspector

    def actor(self, person: Person) -> Actor:
        """The person as the rules know them, as if signed in."""
        token = f"actor {next(self._numbers)}"
        number = self.session.info["vault"].open(person.personnummer_sealed, "personnummer")
        self._saved(logins.begin, number, given_name=person.given_name, surname=person.surname,
                    token=token, language="sv", now=MORNING)
        return logins.actor(self.session, token, now=MORNING)

    def traveller(self, company=None, given_name="Rut", surname="Resenär", *, department=None,
                  number=None, mobile="+46701740605", email="rut@bolaget.example",
                  employee_number=None) -> Traveller:
        if department is None:
            department = self.first_department(company or self.company())
        return self._saved(
            travellers.register, department, number or personnummer(next(self._numbers)),
            Details(given_name, surname, email, mobile, employee_number), by=NOBODY, now=MORNING)

    def as_person(self, traveller: Traveller) -> Person:
        """The traveller as the one who signs in."""
        number = self.session.info["vault"].open(traveller.personnummer_sealed, "personnummer")
        return self.person(traveller.given_name, traveller.surname, number=number,
                           email=traveller.email)

    def customer(self, given_name="Kajsa", surname="Kund", *, number=None, email=None,
                 **over) -> Customer:
        """Confirmed, of age, with an address in Jönköping and the password PASSWORD."""
        serial, vault = next(self._numbers), self.session.info["vault"]
        number = number or personnummer(serial)
        email = email or f"kund{serial}@brevladan.example"
        customer = Customer(**{
            "email": email, "email_key": customers.email_key(email),
            "password_hash": customer_passwords.hashed(PASSWORD),
            "given_name": given_name, "surname": surname,
            "personnummer_sealed": vault.seal(number, "personnummer"),
            "personnummer_index": vault.index(number), "born_on": customers.born_on(number),
            "municipality": "0680", "street": "Storgatan 1", "postcode": "553 20",
            "city": "Jönköping", "mobile": "+46701740605", "created_at": MORNING,
            "confirmed_at": MORNING} | over)
        with self.store.transaction(self.session):
            self.session.add(customer)
        return customer

    def child(self, customer=None, given_name="Kim", surname="Kund", *, number=None) -> Child:
        number = number or born(date(2014, 3, 1) + timedelta(days=next(self._numbers)))
        vault = self.session.info["vault"]
        child = Child(customer_id=(customer or self.customer()).id, given_name=given_name,
                      surname=surname, personnummer_sealed=vault.seal(number, "personnummer"),
                      personnummer_index=vault.index(number),
                      born_on=customers.born_on(number), registered_at=MORNING)
        with self.store.transaction(self.session):
            self.session.add(child)
        return child

    def cart(self, customer=None, *wishes, at=MORNING) -> Cart:
        """With what is wished for put in it."""
        customer = customer or self.customer()
        self.price_list()
        with self.store.transaction(self.session):
            cart = carts.opened(self.session, customer_id=customer.id, now=at)
            for wish in wishes or (NEW_CARD,):
                carts.put(self.session, cart, wish, customer=customer, now=at)
        return cart

    def shop_order(self, customer=None, *wishes, paid_with=None, at=MORNING) -> ShopOrder:
        """Of a new card with 200 kr in its purse, unless something else is wished for. With
        `paid_with`, a means, it is paid."""
        customer, wishes = customer or self.customer(), wishes or (NEW_CARD,)
        cart = self.cart(customer, *wishes, at=at)
        priced = cart_prices.of(self.session, cart, customer, now=at)
        order = self._saved(checkouts.place, cart, agreed_ore=priced.total_ore,
                            by=customers.actor_of(customer), now=at)
        if paid_with:
            self.paid(order, paid_with, at=at)
        return order

    def paid(self, order: ShopOrder, means=Means.SWISH, *, at=MORNING) -> Payment:
        """By a payment of its own. Whether it is what pays the order is for the order to say."""
        with self.store.transaction(self.session):
            payment = Payment(order_id=order.id, order=order, means=means, state=PaymentState.PAID,
                              amount_ore=order.total_ore, begun_at=at, settled_at=at,
                              callback_hash=uuid4().bytes, provider_id=uuid4().hex,
                              reference="1E2FC19E5E5E4E18916609B7F8911C12")
            self.session.add(payment)
            self.session.flush()
            shop_deliveries.paid(self.session, order, payment, now=at)
        return payment

    def parcel_of(self, line) -> Parcel:
        """With which the card of that line of an order goes."""
        return self.session.scalars(select(Parcel).where(Parcel.order_line_id == line.id)).one()

    def parcel(self, customer=None, wish=NEW_CARD, *, at=MORNING, packed=False,
               posted=False) -> Parcel:
        """With a new card that is bought and paid."""
        order = self.shop_order(customer, wish, paid_with=Means.SWISH, at=at)
        parcel = self.parcel_of(order.lines[0])
        if packed or posted:
            self.pack(parcel, at=at)
        if posted:
            self._saved(postings.post, [parcel.id], by=NOBODY, now=at)
        return parcel

    def pack(self, parcel, serial=None, *, at=MORNING) -> TravelCard:
        number = make_card(serial or next(self._numbers), rules(self.session))
        return self._saved(packing.pack, parcel, number, by=NOBODY, now=at)

    def post(self, parcel, *, at=MORNING) -> None:
        self._saved(postings.post, [parcel.id], by=NOBODY, now=at)

    def parcel_case(self, parcel=None, reason=parcel_cases.Reason.DAMAGED, words="",
                    *, at=MORNING) -> parcel_cases.ParcelCase:
        parcel = parcel or self.parcel(posted=True)
        return self._saved(parcel_cases.ask, parcel, reason, words,
                           by=customers.actor_of(parcel.customer), now=at)

    def service_act(self, customer, reason="Har gift sig.", *, at=MORNING):
        """That a clerk has corrected something, and was shown a document."""
        why = service_acts.Why(reason, service_documents.read(self.session, b"%PDF-1.7"))
        return self._saved(service_acts.note, customer, service_acts.Kind.CORRECTED, why,
                           by=self.actor(self.clerk()), now=at, what="surname")

    def customer_login(self, customer, *, token="kund.another browser", agent="", at=MORNING):
        return self._saved(customer_logins.begin, customer, token=token, agent=agent, now=at)

    def own_ticket(self, customer=None, product=Product.PERIOD_30, trip=ONE_ZONE, *,
                   valid_from=None, at=MORNING) -> tickets.Ticket:
        """Bought by a private customer, to the phone."""
        self.price_list()
        customer = customer or self.customer()
        price = price_lists.price(self.session, product, trip, now=at)
        return self._saved(private_sales.to_phone, customer, product, trip, price=price,
                           valid_from=valid_from, by=customers.actor_of(customer), now=at)

    def ticket(self, to=None, product=Product.SINGLE, trip=ONE_ZONE, *, at=MORNING,
               service=Service.SEND_TICKET) -> tickets.Ticket:
        self.price_list()
        to = to or self.traveller()
        return self._saved(
            sales.sell, service, product, trip, to=Recipient.registered(to),
            department=self.session.get_one(Department, to.department_id), by=NOBODY, now=at)

    def sent_ticket(self, to=None, product=Product.SINGLE, trip=ONE_ZONE, *, at=MORNING):
        self.price_list()
        to = to or self.traveller()
        return self._saved(
            sales.send, product, trip, to=Recipient.registered(to),
            department=self.session.get_one(Department, to.department_id), by=NOBODY, now=at)

    def closed(self, company, month=OCTOBER, *, at=MORNING) -> MonthlyReport:
        """The month, with its invoices."""
        return self._saved(reports.make, company.id, month, now=at)

    def invoice(self, to=None, month=OCTOBER, *, product=Product.PERIOD_30,
                trip=COUNTY) -> Invoice:
        """For a ticket that the traveller was sent in the month, which is closed."""
        to = to or self.traveller()
        self.ticket(to, product, trip, at=month.start + timedelta(days=9))
        report = self.closed(self.session.get_one(Company, to.company_id), month)
        return self.session.scalars(
            select(Invoice).where(Invoice.company_id == report.company_id,
                                  Invoice.month_on == report.month_on)
            .order_by(Invoice.number)).first()

    def put(self, invoice: Invoice) -> Invoice:
        """On its way, as when its files are made."""
        self._saved(invoice_deliveries.put, invoice, MORNING)
        return invoice

    def bank_file(self, *payments, content=None) -> BankFile:
        content = content or bgmax_file(*payments)
        return self._saved(bank_reading.read, "bgmax.txt", content, bgmax.read(content),
                           bankgiro="9912346", by=NOBODY, now=MORNING)

    def invoice_print(self) -> InvoicePrint:
        """Of what waits for one."""
        return self._saved(invoice_prints.make, by=NOBODY, now=MORNING)

    def card(self, company=None, serial=None, *, department=None, name="",
             holder=card_holdings.NOBODY) -> TravelCard:
        """A company's own."""
        department = department or self.first_department(company or self.company())
        number = make_card(serial or next(self._numbers), rules(self.session))
        return self._saved(card_holdings.add, department, number, name=name, holder=holder,
                           by=NOBODY, now=MORNING)

    def private_card(self, serial=None, *, mobile="+46701740605", name="Rut Ek") -> TravelCard:
        number = make_card(serial or next(self._numbers), rules(self.session))
        return self._saved(private_cards.register, private_cards.Details(number, mobile, name),
                           by=NOBODY, now=MORNING)

    def customer_card(self, customer=None, serial=None, *, child=None, label="") -> TravelCard:
        """On an account of Mina sidor."""
        number = make_card(serial or next(self._numbers), rules(self.session))
        return self._saved(customer_cards.add_new, customer or self.customer(), number,
                           label=label, child=child, by=None, now=MORNING)

    def card_period(self, card, product=Product.PERIOD_30, trip=ONE_ZONE, *, at=MORNING,
                    activated_at=None) -> tickets.Ticket:
        """Bought by the customer whose account the card is on."""
        self.price_list()
        price = price_lists.price(self.session, product, trip, now=at)
        customer = self.session.get_one(Customer, card.customer_id)
        ticket = self._saved(private_sales.to_card, customer, card, product, trip, price=price,
                             by=customers.actor_of(customer), now=at)
        if activated_at:
            self._saved(activations.activate, ticket, now=activated_at)
        return ticket

    def purse(self, card, ore=15_000, *, at=MORNING) -> TravelCard:
        """So much is put in it at once."""
        self._saved(purses.put, card, ore, kind=purses.Kind.RECHARGED, source_id=uuid4(), now=at)
        return card

    def purse_load(self, card, ore=20_000, *, at=MORNING):
        """Paid for, and waiting for the card to be used."""
        return self._saved(purse_loads.put, card, ore, source_id=uuid4(), by=None, now=at)

    def card_ticket(self, card, product=Product.PERIOD_30, trip=ONE_ZONE, *, company=None,
                    at=MORNING, service=Service.SEND_TICKET) -> tickets.Ticket:
        """Sent to the card by the company that has it."""
        self.price_list()
        department = card.department or self.first_department(company or self.company())
        return self._saved(sales.send, product, trip, to=Recipient(card.called, "", card=card),
                           department=department, service=service, by=NOBODY, now=at)

    def ending_ticket(self, to=None, *, days) -> tickets.Ticket:
        """Of those for a year, one that ends in so many days."""
        ticket = self.sent_ticket(to, Product.PERIOD_365)
        with self.store.transaction(self.session):
            ticket.sold_at = days_later(MORNING, days - 364)
        return ticket

    def order(self, by: Actor, *visitors, travellers=(), cards=(), product=Product.SINGLE,
              trip=ONE_ZONE, at=MORNING, **wish) -> TicketOrder:
        """A draft to visitors, each a name and a mobile, or to travellers, or to cards."""
        self.price_list()
        order = self._saved(ticket_orders.draft, Wish(product, trip, **wish), by=by, now=at)
        if travellers:
            self._saved(order_checking.put_travellers, order, order_checking.chosen_travellers(
                [each.id for each in travellers]))
        elif cards:
            self._saved(order_checking.put_cards, order, cards)
        else:
            self._saved(order_checking.put_visitors, order, [
                order_checking.Line(number, *each)
                for number, each in enumerate(visitors or [("Gäst Öberg", "070-174 06 05")], 1)])
        return order

    def recipient_group(self, by: Actor, name="Chaufförerna"):
        chosen = select(Traveller.id).where(Traveller.company_id == by.company_id)
        return self._saved(recipient_groups.save, name, chosen=chosen, by=by, now=MORNING)

    def connection(self, traveller=None, limit_ore=50_000, *, registered=False):
        connection = self._saved(business_travel.connect, traveller or self.traveller(),
                                 limit_ore=limit_ore, by=NOBODY, now=MORNING)
        if registered:
            with self.store.transaction(self.session):
                connection.registered_at = MORNING
        return connection

    def purchase(self, connection, product=Product.SINGLE, trip=ONE_ZONE, *, at=MORNING,
                 purpose="") -> tickets.Ticket:
        """Bought by the traveller on the company's invoice."""
        self.price_list()
        return self._saved(purchases.buy, connection, product, trip, purpose=purpose, by=NOBODY,
                           now=at)

    def refunded(self, ticket: tickets.Ticket, *, at=MORNING) -> tickets.Ticket:
        """A purchase that is paid back."""
        made = self.session.scalar(select(Authorisation).where(
            Authorisation.ticket_id == ticket.id))
        self._saved(purchases.refund, made, by=NOBODY, now=at)
        return ticket

    def code_sending(self, company, *, by, total=30):
        return self._saved(code_sendings.begin, company.id, total, by_id=by.id, now=MORNING)

    def raise_request(self, connection=None, ore=30_000, *, until_on=date(2026, 11, 27),
                      reason="Resa till Kalmar", granted=False):
        connection = connection or self.connection(registered=True)
        asked = self._saved(raise_requests.ask, connection, ore=ore, until_on=until_on,
                            reason=reason, by=NOBODY, now=MORNING)
        if granted:
            self._saved(raise_requests.grant, asked, by=NOBODY, now=MORNING)
        return asked

    def policy_group(self, company, name="Kontoret", *, default=False, **decided):
        details = policies.Details(name, **decided)
        group = self._saved(policies.add, company.id, details, by=NOBODY, now=MORNING)
        if default:
            self._saved(policies.make_default, group, by=NOBODY, now=MORNING)
        return group

    def chosen_policy(self, connection, group):
        self._saved(policies.choose, connection, group, by=NOBODY, now=MORNING)
        return group

    def line(self, invoice: Invoice) -> SpecificationLine:
        """The first of an invoice."""
        return invoices.lines(self.session, invoice, most=1)[0]

    def invoice_question(self, invoice=None, words="Resenären hade slutat.", *, by=None,
                         at=MORNING):
        """About the invoice's first line."""
        invoice = invoice or self.invoice()
        by = by or self.actor(self.admin(self.session.get_one(Company, invoice.company_id)))
        return self._saved(invoice_questions.ask, invoice, self.line(invoice), words, by=by,
                           now=at)

    def month_closing(self, company=None, month=OCTOBER, *, at=MORNING):
        """Handed out to the workers, and waiting for one."""
        company = company or self.company()
        self._saved(month_runs.hand_out, [(company.id, month)], now=at)
        return self.session.scalars(select(month_runs.MonthClosing).where(
            month_runs.MonthClosing.company_id == company.id)).one()

    def first_offer(self, company) -> StaffOffer:
        """The one that came with the company."""
        return staff_offers.of_company(self.session, company.id)[0]

    def staff_offer(self, company, name="Kontoret", **decided) -> StaffOffer:
        return self._saved(staff_offers.add, company.id, staff_offers.Details(name, **decided),
                           by=NOBODY, now=MORNING)

    def offer_application(self, traveller=None, *, starts_on=date(2026, 12, 1), trip=ONE_ZONE,
                          product=Product.PERIOD_365, offer=None, by=None, at=MORNING, **more):
        self.price_list()
        traveller = traveller or self.traveller()
        offer = offer or self.session.scalars(select(StaffOffer).where(
            StaffOffer.company_id == traveller.company_id, StaffOffer.is_default)).one()
        return self._saved(offers.apply, offer, traveller, product, trip, starts_on=starts_on,
                           by=by or NOBODY, now=at, **more)

    def granted_offer(self, traveller=None, *, at=MORNING, by=None, **application):
        """With its ticket, and its deductions from the month it begins in."""
        application = self.offer_application(traveller, **application)
        self._saved(offer_decisions.approve, application, by=by or NOBODY, now=at)
        return application

    def payroll_export(self, company, month=None, *, by) -> PayrollExport:
        """Of all that the month's file would have; December's when none is named."""
        month = month or Month(2026, 12)
        waits = payroll_rows.waiting(Scope(company.id), month)
        [total] = payroll_rows.sums(self.session, waits, Identity.EMPLOYEE_NUMBER).values()
        return self._saved(payroll_making.make, company.id, month, total.legal_employer_id,
                           agreed=total.mark, by=by, now=MORNING)

    def legal_employer(self, company, name="Dotter AB", *pays) -> LegalEmployer:
        number = f"556{next(self._numbers):06}"
        return self._saved(
            legal_employers.add, company.id,
            legal_employers.Details(name, f"{number}{luhn(number)}"),
            [each.id for each in pays], by=NOBODY, now=MORNING)

    def traveller_import(self, department, *rows, by=None, columns=COLUMNS[:3], kind="csv"):
        """A list that is uploaded: its rows have the cells of the columns, from row 2 on."""
        by = by or replace(NOBODY, administers=department.company_id,
                           departments=frozenset({department.id}))
        return self._saved(traveller_imports.upload, department, columns, columns,
                           list(enumerate(rows, start=2)), kind=kind, file_name="lista.csv",
                           by=by, now=MORNING)

    def company_application(self, company_name="Nya Bolaget AB", *, number=None, at=MORNING,
                            **stated):
        nine = f"559{next(self._numbers):06}"
        details = applications.Details(**{
            "company_name": company_name, "organisation_number": f"{nine}{luhn(nine)}",
            "street": "Storgatan 1", "postcode": "553 20", "city": "Jönköping",
            "invoice_email": "faktura@nya.example", "peppol_id": None, "reference_number": "4711",
            "given_name": "Oskar", "surname": "Dahl",
            "personnummer": number or personnummer(next(self._numbers)),
            "email": "oskar@nya.example", "mobile": "+46701740606"} | stated)
        return self._saved(applications.apply, details, language="sv", now=at)

    def applicant(self, application=None) -> Person:
        """Who has applied, as the one who signs in."""
        application = application or self.company_application()
        return self.person(application.given_name, application.surname, email=None,
                           number=applications.personnummer(self.session, application))

    def trial(self, application=None) -> Company:
        """The company that the applicant tries with."""
        return self._saved(trials.begin, by=self.actor(self.applicant(application)), now=MORNING)

    def join_request(self, company=None, given_name="Kim", surname="Kollega", *, number=None,
                     note=None):
        details = join_requests.Details(
            (company or self.company()).organisation_number, given_name, surname,
            number or personnummer(next(self._numbers)), "kim@bolaget.example", "+46701740607",
            note)
        return self._saved(join_requests.ask, details, language="sv", now=MORNING)

    def sync_key(self, company=None, *, by=None, name="Entra", last_on=None, secret="the key"):
        by = by or self.admin(company)
        return self._saved(scim_tokens.make, scim_tokens.Details(name, last_on), secret=secret,
                           by=self.actor(by), now=MORNING)

    def api_client(self, name="Reseappen", *, secret="the secret of the app", told_at=None):
        """`told_at`: where it is told of what happens."""
        client = self._saved(api_clients.register, name, secret=secret, by=None, now=MORNING)
        if told_at:
            self._saved(api_clients.send_to, client, told_at, secret="to sign with", by=None,
                        now=MORNING)
        return client

    def payment_method(self, connection=None, client=None, *, secret="p" * 43):
        """As once its traveller has registered Allpay in the app."""
        connection = connection or self.connection()
        with self.store.transaction(self.session):
            connection.registered_at = MORNING
        return self._saved(payment_methods.make, client or self.api_client(), connection.id,
                           secret=secret, now=MORNING)

    def api_token(self, client, *, secret="token", at=None):
        self._saved(api_tokens.issue, client, secret=secret, now=at or MORNING)
        return secret

    def code(self, connection):
        """The digits that are in the text message."""
        code = codes.current(self.session, [connection.id])[connection.id]
        return self._saved(codes.issue, code.id, now=MORNING)

    def webhook(self, method, kind=webhooks.Kind.PAUSED) -> webhooks.Webhook:
        """What the app with the payment method is told of it."""
        self._saved(webhooks.tell, kind, [method.connection_id], now=MORNING)
        return self.session.scalars(select(webhooks.Webhook).where(
            webhooks.Webhook.client_id == method.client_id)).one()

    def list_file(self, company, name="Lista") -> ListFile:
        """One that a worker has written."""
        month = Month.of(MORNING)
        kept = self._saved(list_files.order, list_files.What.BY_MONTH,
                           StatisticWish(month, month),
                           list_files.Format.CSV, name=name, by="Åsa Öberg",
                           within=Scope(company.id), now=MORNING)
        with self.store.transaction(self.session):
            list_files.add_piece(self.session, kept, 0, b"text")
            list_files.finish(self.session, kept, rows=1, size=4, now=MORNING)
        return kept

    def saved_report(self, by: Actor, name="Vårt resande") -> SavedReport:
        return self._saved(saved_reports.save, name, list_files.What.BY_MONTH,
                           list_files.Format.CSV, months=1, department_id=None, service=None,
                           monthly=False, by=by, now=MORNING)

    def an_outbox_message(self):
        return self.session.scalars(select(OutboxMessage.id)).first()

    def _saved(self, verb, *args, **kwargs):
        with self.store.transaction(self.session):
            return verb(self.session, *args, **kwargs)


NOBODY = Actor(person_id=None, name="", personnummer_index=b"", roles=frozenset(access.Role))
"""Who does what a factory does: leaves no trace of a person."""
