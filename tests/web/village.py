"""A company with one of everything in it, for the tests that walk the whole portal."""
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from domain import incoming_payments, invoice_payments, reports
from domain.access import Role
from domain.business_travel import Connection
from domain.companies import Company
from domain.customers import Customer
from domain.departments import Department
from domain.months import Month
from domain.people import Person
from domain.services import Service
from domain.travellers import Traveller
from tests.documents.bank import payment
from tests.factories import MORNING, NOBODY, Factory

LATER = date(2027, 1, 7)
"""When somebody stands in for somebody: not yet."""
EARLIER = Month(2026, 7)
"""A month with an invoice."""

Ids = dict[str, UUID | str | int]
"""Of things, by the name that an address gives them."""


@dataclass(frozen=True)
class Village:
    company: Company
    admin: Person
    department_admin: Person
    traveller: Person
    customer: Customer
    ids: Ids


def build(make: Factory, name: str, *, month: Month) -> Village:
    """Everything in it is called by the name, so that it is known wherever it turns up."""
    company = make.company(f"{name} AB")
    admin = make.admin(company, given_name="Åsa", surname=name)
    department, traveller, ids = furnished(make, company, name, month=month)
    department_admin = make.department_admin(department, given_name="Dan", surname=name)
    deputyship = make.deputyship(admin, department_admin, first_on=LATER, last_on=LATER)
    invitation = make.invitation(admin, department, name=f"Anna {name}", secret=name)
    order = make.order(make.actor(admin), (f"Gäst {name}", "070-174 06 05"))
    app = make.api_client(f"{name}appen", told_at="http://sandbox/app/handelser")
    method = make.payment_method(make.session.get(Connection, ids["connection_id"]), app,
                                 secret=name)
    customer, own = at_home(make, name)
    with make.store.transaction(make.session):
        reports.make(make.session, company.id, month, now=MORNING)
    person = make.as_person(traveller)
    return Village(company, admin, department_admin, person, customer, ids | own
                   | billed(make, company, name) | {
        "closing_id": make.month_closing(company, month).id,
        "message_id": make.an_outbox_message(), "year": month.year,
        "month": f"{month.month:02}", "kind": "xlsx", "part": "biljetter",
        "post_id": department_admin.posts[0].id, "deputyship_id": deputyship.id,
        "order_id": order.id, "number": 1, "private_card_id": make.private_card().id,
        "group_id": make.recipient_group(make.actor(admin), f"{name} grupp").id,
        "policy_id": make.policy_group(company, f"{name} policy").id,
        "invitation_id": invitation.id, "price_list_id": make.price_list().id,
        "draft_id": make.price_draft().id, "client_id": app.id,
        "offer_id": make.first_offer(company).id,
        "sending_id": make.code_sending(company, by=admin).id,
        "export_id": make.payroll_export(company, by=make.actor(admin)).id,
        "legal_employer_id": make.legal_employer(company, f"{name} dotter AB").id,
        "list_file_id": make.list_file(company, f"{name} lista").id,
        "saved_report_id": make.saved_report(make.actor(admin), f"{name} rapport").id,
        "webhook_id": make.webhook(method).id,
        "token_id": make.sync_key(by=admin, name=name, secret=f"key of {name}").id})


def billed(make: Factory, company: Company, name: str) -> Ids:
    """An invoice that is printed, and paid by a file from the bank, with its ids."""
    invoice = make.put(make.invoice(make.traveller(company, "Ulf", name), EARLIER))
    file = make.bank_file(payment(100, invoice.ocr, payer=f"{name} AB"))
    incoming = incoming_payments.of_file(make.session, file)[0]
    entry = invoice_payments.of_payment(make.session, incoming)[0]
    return {"invoice_id": invoice.id, "company_id": company.id, "bank_file_id": file.id,
            "incoming_id": incoming.id, "entry_id": entry.id,
            "print_id": make.invoice_print().id, "line_id": make.line(invoice).id,
            "question_id": make.invoice_question(invoice, name, by=NOBODY).id}


def at_home(make: Factory, name: str) -> tuple[Customer, Ids]:
    """A private customer with one of everything, and its ids."""
    customer = make.customer("Kajsa", name)
    child = make.child(customer, "Kim", name)
    login = make.customer_login(customer, token=f"kund.{name}")
    card = make.customer_card(customer, child=child, label=f"{name} kort")
    ticket = make.own_ticket(customer, valid_from=LATER)
    case = make.parcel_case(make.parcel(customer, posted=True))
    order = make.shop_order(customer, paid_with="swish")
    return customer, {"shop_order_id": order.id, "payment_id": order.payment_id,
                      "cart_line_id": make.cart(customer).lines[0].id,
                      "own_ticket_id": ticket.id, "customer_id": customer.id, "child_id": child.id,
                      "customer_card_id": card.id, "load_id": make.purse_load(card).id,
                      "act_id": make.service_act(customer).id,
                      "closed_id": make.customer("Karin", name).id,
                      "customer_login_id": login.id, "parcel_id": make.parcel(customer).id,
                      "case_id": case.id, "posting_id": case.parcel.posting_id}


def furnished(make: Factory, company: Company, name: str, *,
              month: Month) -> tuple[Department, Traveller, Ids]:
    """A department with one of everything that a department may have, and its ids."""
    department = make.department(company, name=f"{name} verkstad")
    traveller = make.traveller(company, "Rut", name, department=department)
    connection = make.connection(traveller, registered=True)
    ticket = make.sent_ticket(traveller)
    make.ticket(traveller, at=month.start)
    paid = make.granted_offer(make.traveller(company, "Gun", name, department=department,
                                             employee_number="17"))
    bought = make.ticket(traveller, service=Service.BUSINESS_TRAVEL)
    make.offer_application(traveller)
    asked = make.join_request(company, "Kim", name)
    kept = make.traveller_import(department, ("198112189876", "Ny", name))
    card = make.card(department=department, name=f"{name} kort")
    return department, traveller, {
        "traveller_id": traveller.id, "department_id": department.id, "ticket_id": ticket.id,
        "connection_id": connection.id, "request_id": asked.id,
        "raise_id": make.raise_request(connection).id, "purchase_id": bought.id,
        "card_id": card.id, "import_id": kept.id, "application_id": paid.id}


def roles(village: Village, clerk: Person,
          inspector: Person) -> dict[Role, Person | Customer]:
    return {Role.COMPANY_ADMIN: village.admin, Role.DEPARTMENT_ADMIN: village.department_admin,
            Role.TRAVELLER: village.traveller, Role.CLERK: clerk, Role.INSPECTOR: inspector,
            Role.CUSTOMER: village.customer}
