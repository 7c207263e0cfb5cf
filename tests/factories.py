"""Things to test with. Every argument has a quiet default."""
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

from sqlalchemy import select

from domain import (
    access,
    api_clients,
    api_tokens,
    applications,
    business_travel,
    card_holdings,
    code_sendings,
    codes,
    departments,
    deputies,
    invitations,
    join_requests,
    logins,
    offers,
    order_checking,
    payment_methods,
    people,
    policies,
    price_drafts,
    price_lists,
    private_cards,
    products,
    purchases,
    raise_requests,
    recipient_groups,
    sales,
    scim_tokens,
    ticket_orders,
    tickets,
    traveller_imports,
    travellers,
    trials,
    webhooks,
)
from domain.access import Actor, Role, Scope
from domain.authorisations import Authorisation
from domain.card_numbers import make_card
from domain.companies import Company
from domain.departments import Department
from domain.import_rows import COLUMNS
from domain.invitations import Invitation
from domain.months import days_later
from domain.outbox import OutboxMessage
from domain.people import Deputyship, Person
from domain.price_lists import PriceList
from domain.products import Extent, Product
from domain.rules import rules
from domain.sales import Recipient
from domain.services import Service
from domain.store import Store
from domain.ticket_orders import TicketOrder, Wish
from domain.travel_cards import TravelCard
from domain.travellers import Details, Traveller

MORNING = datetime(2026, 11, 20, 7, tzinfo=UTC)
PRICES = Path(__file__).parent.parent / "data" / "prices.csv"
ONE_ZONE = products.Trip(Extent.ZONES_1, (181,))
COUNTY = products.Trip(Extent.COUNTY)


def luhn(nine: str) -> int:
    """The last digit of a personnummer or an organisation number."""
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(nine))
    return -sum(each // 10 + each % 10 for each in doubled) % 10


def personnummer(number: int) -> str:
    """Fictional and valid, one for each number: born 1970 and on, serial 238 or 239."""
    born = date(1970, 1, 1) + timedelta(days=number // 2)
    nine = f"{born:%y%m%d}{238 + number % 2}"
    return f"{born:%Y%m%d}{238 + number % 2}{luhn(nine)}"


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

    def offer_application(self, traveller=None, *, starts_on=date(2026, 12, 1), trip=ONE_ZONE):
        self.price_list()
        return self._saved(offers.apply, traveller or self.traveller(), Product.PERIOD_365, trip,
                           starts_on=starts_on, by=NOBODY, now=MORNING)

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

    def an_outbox_message(self):
        return self.session.scalars(select(OutboxMessage.id)).first()

    def _saved(self, verb, *args, **kwargs):
        with self.store.transaction(self.session):
            return verb(self.session, *args, **kwargs)


NOBODY = Actor(person_id=None, name="", personnummer_index=b"", roles=frozenset(access.Role))
"""Who does what a factory does: leaves no trace of a person."""
