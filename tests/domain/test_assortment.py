from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from domain import (
    assortment,
    audit,
    business_travel,
    departments,
    offer_decisions,
    purchases,
    sales,
    spendings,
    standings,
    travellers,
)
from domain.access import Scope
from domain.departments import Details
from domain.errors import Conflict, Invalid
from domain.months import Month
from domain.products import COMPANY_PRODUCTS, Product
from domain.sales import Recipient
from domain.services import Service
from domain.spendings import DepartmentSpending
from domain.tickets import Ticket
from tests.conftest import NOON
from tests.factories import COUNTY, ONE_ZONE

SINGLE = 4_200
"""An adult's single ticket in one zone on the list."""


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def admin(make, company):
    return make.actor(make.admin(company))


@pytest.fixture
def department(make, company):
    return make.first_department(company)


@pytest.fixture
def traveller(make, department):
    return make.traveller(department=department)


@pytest.fixture
def allow(db, store, company, department):
    """Say what may be used: services of the company and the department, products."""
    def allow(*, company_services=None, services=None, products=None, budget=None):
        with store.transaction(db):
            company.services = company_services or list(Service)
            department.services, department.products = services, products
            department.monthly_budget_ore = budget
    return allow


@pytest.fixture
def buy(db, store, make, admin):
    def buy(connection, product=Product.SINGLE, *, now=NOON):
        make.price_list()
        with store.transaction(db):
            return purchases.buy(db, connection, product, ONE_ZONE, by=admin, now=now)
    return buy


@pytest.fixture
def send(db, store, make, admin):
    def send(to, department, product=Product.SINGLE, service=Service.SEND_TICKET):
        make.price_list()
        with store.transaction(db):
            return sales.send(db, product, ONE_ZONE, to=to, department=department,
                                service=service, by=admin, now=NOON)
    return send


VISITOR = Recipient("Besökaren", "+46701740699")


@pytest.mark.parametrize(("company_services", "services", "own", "left"), [
    (None, None, None, list(Service)),
    ([Service.SEND_TICKET, Service.STAFF_OFFER], None, None,
     [Service.SEND_TICKET, Service.STAFF_OFFER]),
    (None, [Service.BUSINESS_TRAVEL], None, [Service.BUSINESS_TRAVEL]),
    (None, [Service.SEND_TICKET, Service.BUSINESS_TRAVEL], [Service.STAFF_OFFER], []),
    ([Service.SEND_TICKET], None, [Service.SEND_TICKET], [Service.SEND_TICKET]),
])
def test_a_traveller_may_use_what_all_three_allow(db, store, allow, traveller, company_services,
                                                  services, own, left):
    allow(company_services=company_services, services=services)
    with store.transaction(db):
        traveller.services = own
    assert list(assortment.of_traveller(db, traveller).services) == left


def test_products_are_those_of_the_department(db, allow, traveller):
    allow(products=[Product.DAY, Product.SINGLE])
    assert assortment.of_traveller(db, traveller).products == (Product.SINGLE, Product.DAY)


def refused(verb, *args, **kwargs):
    with pytest.raises(Invalid) as refusal:
        verb(*args, **kwargs)
    return refusal.value.field, str(refusal.value)


def test_a_service_that_is_not_used_is_refused_by_who_does_not_use_it(db, store, allow, send,
                                                                      department, traveller):
    to = Recipient.registered(traveller)
    allow(company_services=[Service.STAFF_OFFER])
    assert refused(send, to, department) == (
        "traveller", "Företaget använder inte tjänsten Skicka biljett.")
    allow(services=[Service.STAFF_OFFER])
    assert refused(send, to, department) == (
        "traveller", "Avdelningen Huvudavdelning får inte använda tjänsten Skicka biljett.")
    allow()
    with store.transaction(db):
        traveller.services = []
    assert refused(send, to, department) == (
        "traveller", "Rut Resenär får inte använda tjänsten Skicka biljett.")


def test_for_a_visitor_the_department_that_pays_decides(make, company, allow, send, department):
    allow(services=[Service.STAFF_OFFER])
    assert refused(send, VISITOR, department)[0] == "department"
    assert send(VISITOR, make.department(company)).holder == "Besökaren"


def test_a_travellers_own_department_decides_whoever_pays(make, company, allow, send, department):
    other = make.department(company)
    allow(products=[Product.DAY])
    rut, bo = make.traveller(department=department), make.traveller(department=other)
    assert refused(send, Recipient.registered(rut), other)[0] == "product"
    assert send(Recipient.registered(bo), department).product == Product.SINGLE


def test_a_product_that_is_not_allowed_is_refused_by_name(allow, send, department):
    allow(products=[Product.DAY])
    assert refused(send, VISITOR, department) == (
        "product", "Enkelbiljett ingår inte i det som avdelningen Huvudavdelning får använda.")


def test_nobody_is_connected_to_what_they_may_not_use(db, allow, make, traveller):
    allow(services=[Service.SEND_TICKET])
    assert refused(make.connection, traveller)[0] == "limit"


def test_one_who_is_connected_buys_no_more_when_it_is_taken_away(allow, make, buy, traveller):
    connection = make.connection(traveller, registered=True)
    allow(services=[Service.SEND_TICKET])
    assert "Tjänsteresor" in refused(buy, connection)[1]
    allow(products=[Product.DAY])
    assert refused(buy, connection)[0] == "product"
    allow()
    assert buy(connection).product == Product.SINGLE


def test_no_offer_is_applied_for_or_granted_that_may_not_be_used(db, store, allow, make, admin,
                                                                 traveller):
    application = make.offer_application(traveller)

    def approve():
        with store.transaction(db):
            offer_decisions.approve(db, application, by=admin, now=NOON)

    allow(services=[Service.SEND_TICKET])
    assert "Personalerbjudande" in refused(approve)[1]
    assert "Personalerbjudande" in refused(make.offer_application, traveller, trip=COUNTY)[1]
    allow(products=[Product.SINGLE])
    assert refused(approve)[0] == "product"


def choose(db, store, traveller, services, admin):
    with store.transaction(db):
        assortment.choose(db, traveller, services, by=admin, now=NOON)


def test_a_traveller_is_given_some_services_and_it_is_recorded(db, store, company, traveller,
                                                               admin):
    choose(db, store, traveller, [Service.STAFF_OFFER, Service.SEND_TICKET], admin)
    assert traveller.services == [Service.SEND_TICKET, Service.STAFF_OFFER]
    event = audit.about(db, traveller.id, company_id=company.id)[0]
    assert (event.act, event.by_name) == (audit.Act.TRAVELLER_SERVICES_CHOSEN, "Åsa Öberg")


def test_all_that_the_department_allows_is_nothing_said(db, store, allow, company, traveller,
                                                        admin):
    allow(services=[Service.SEND_TICKET])
    choose(db, store, traveller, [Service.SEND_TICKET], admin)
    assert traveller.services is None
    assert [event.act for event in audit.about(db, traveller.id, company_id=company.id)] == [
        audit.Act.TRAVELLER_ADDED]


def test_nothing_is_chosen_for_one_who_has_left(db, store, traveller, admin):
    with store.transaction(db):
        travellers.end(db, traveller, by=admin, now=NOON)
    with pytest.raises(Conflict):
        choose(db, store, traveller, [], admin)


def spent(db, department, *, now=NOON):
    db.rollback()
    return spendings.spent(db, DepartmentSpending, [department.id], now=now).get(department.id, 0)


def test_purchases_above_the_departments_budget_are_refused(db, allow, buy, make, traveller,
                                                            department):
    allow(budget=2 * SINGLE - 1)
    connection = make.connection(traveller, 100_000, registered=True)
    buy(connection)
    assert refused(buy, connection) == (
        "product", "Avdelningens budget för månaden är förbrukad, köpet på 42\N{NO-BREAK SPACE}kr "
        "ryms inte. Prata med din administratör.")
    assert spent(db, department) == SINGLE


def test_a_purchase_that_the_budget_stops_takes_nothing_of_the_persons_limit(db, allow, buy, make,
                                                                             traveller):
    allow(budget=SINGLE - 1)
    connection = make.connection(traveller, 100_000, registered=True)
    refused(buy, connection)
    [standing] = standings.of_connections(db, [connection], now=NOON)
    assert standing.spent_ore == 0


def test_a_budget_that_is_set_later_knows_what_is_used(allow, buy, make, traveller):
    connection = make.connection(traveller, 100_000, registered=True)
    buy(connection)
    allow(budget=2 * SINGLE - 1)
    refused(buy, connection)
    allow(budget=2 * SINGLE)
    buy(connection)


def test_a_budget_below_what_is_used_only_stops_further_purchases(db, store, buy, make, traveller,
                                                                  department, admin):
    connection = make.connection(traveller, 100_000, registered=True)
    buy(connection)
    with store.transaction(db):
        departments.change(db, department, Details(department.name, "1000", monthly_budget_ore=1),
                           by=admin, now=NOON)
    refused(buy, connection)
    assert spent(db, department) == SINGLE


def test_the_budget_starts_over_with_the_month(allow, buy, make, traveller):
    allow(budget=SINGLE)
    connection = make.connection(traveller, 100_000, registered=True)
    buy(connection)
    buy(connection, now=Month(2026, 12).start)


def test_sixteen_colleagues_at_once_never_pass_the_budget(db, store, allow, make, department,
                                                          admin):
    allow(budget=5 * SINGLE + 1)
    make.price_list()
    everybody = [make.connection(make.traveller(department=department, mobile=f"+467017406{n:02}"),
                                 100_000, registered=True) for n in range(16)]

    def buy(connection):
        with store.session() as session:
            try:
                with store.transaction(session):
                    mine = business_travel.find(session, connection.id,
                                                within=Scope(connection.company_id))
                    purchases.buy(session, mine, Product.SINGLE, ONE_ZONE, by=admin, now=NOON)
            except Invalid:
                return False
            return True

    with ThreadPoolExecutor(16) as pool:
        bought = list(pool.map(buy, everybody))
    assert (sum(bought), spent(db, department)) == (5, 5 * SINGLE)
    assert len(db.scalars(select(Ticket)).all()) == 5


@pytest.mark.parametrize("product", sorted(set(Product) - set(COMPANY_PRODUCTS)))
@pytest.mark.parametrize("service", Service)
def test_no_employer_buys_or_grants_what_only_private_customers_are_sold(db, department, traveller,
                                                                         service, product):
    with pytest.raises(Invalid, match="ingår inte"):
        assortment.check(db, service, product, department=department, traveller=traveller)
