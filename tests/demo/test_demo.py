from dataclasses import replace

import pytest
from sqlalchemy import func, select

import demo
from demo import companies as demo_companies
from domain import (
    administrators,
    application_queue,
    applications,
    audit,
    card_tickets,
    deputies,
    invitations,
    join_requests,
    ledger,
    logins,
    messages,
    offers,
    people,
    price_lists,
    queue,
    raise_requests,
    reports,
    standings,
    terms,
    tickets,
    travel_cards,
    travellers,
)
from domain.access import Scope
from domain.business_travel import Connection
from domain.companies import Company
from domain.deductions import SalaryDeduction
from domain.identity import Vault
from domain.months import Month
from domain.offers import OfferApplication
from domain.price_lists import State
from domain.rules import Rules
from domain.services import Service
from domain.store import Store
from domain.tickets import Ticket
from domain.travel_cards import State as CardState
from domain.travellers import Traveller
from sandbox import personas
from tests.conftest import NOON
from tests.databases import filled_database


def filled(url):
    """Once for all of these: to fill it again does nothing."""
    store = Store(url, rules=Rules(), vault=Vault(b"k" * 32), before_commit=audit.write,
                  after_commit=lambda _session: None)
    demo.fill(store, now=NOON)
    store.engine.dispose()


@pytest.fixture
def config(config, tmp_path):
    with filled_database(tmp_path, filled) as url:
        yield replace(config, database_url=url)


def test_the_demo_knows_the_sandboxes_people_by_number():
    for name in ("KARIN", "SARA", "AMIR", "NOOR", "ELSA", "JOHAN", "BIRGITTA", "INGRID"):
        assert getattr(demo_companies, name) == getattr(personas, name).personal_number


def test_the_year_adds_up(store, db):
    demo.fill(store, now=NOON)
    big = db.scalar(select(Company).where(Company.name.startswith("Norrahammar")))
    made = reports.of_company(db, big.id)
    assert made[0].month == Month.of(NOON).previous
    assert len(made) == 12
    for report in made:
        assert sum(each.gross_ore for each in reports.sums(db, report)) == report.gross_ore > 0
    assert reports.missing(db, now=NOON) == []


def test_everyone_keeps_to_the_limit_and_what_is_spent_is_what_was_bought(store, db):
    demo.fill(store, now=NOON)
    connections = db.scalars(select(Connection).where(Connection.ended_at.is_(None))).all()
    bought = dict(db.execute(
        select(Ticket.traveller_id, func.sum(Ticket.price_ore))
        .where(Ticket.service == Service.BUSINESS_TRAVEL, Ticket.recalled_at.is_(None),
               Ticket.sold_at >= Month.of(NOON).start).group_by(Ticket.traveller_id)).all())
    for standing in standings.of_connections(db, list(connections), now=NOON):
        traveller_id = standing.connection.traveller_id
        assert standing.spent_ore == bought.get(traveller_id, 0) <= standing.connection.limit_ore


def test_the_ledger_has_every_purchase(store, db):
    demo.fill(store, now=NOON)
    assert db.scalar(select(func.count()).select_from(ledger.Entry)) > 1_000
    assert ledger.check(db) == []
    assert {Month.of(each.recalled_at) > Month.of(each.sold_at) for each in db.scalars(
        select(Ticket).where(Ticket.service == Service.BUSINESS_TRAVEL,
                             Ticket.recalled_at.is_not(None)))} == {True, False}


def test_every_month_has_purchases_of_all_three_services(store, db):
    demo.fill(store, now=NOON)
    big = db.scalar(select(Company).where(Company.name.startswith("Norrahammar")))
    for report in reports.of_company(db, big.id):
        assert {each.service for each in reports.sums(db, report)} == set(Service)
        assert 100 < report.tickets < 450


def test_the_prices_have_been_others_and_will_be(store, db):
    demo.fill(store, now=NOON)
    versions = price_lists.versions(db, now=NOON)
    assert [(each.price_list.valid_from.year, each.state) for each in versions] == [
        (2027, State.COMING), (2026, State.IN_FORCE), (2025, State.PAST)]
    dearer, now, cheaper = (price_lists.of_list(db, each.price_list) for each in versions)
    assert all(cheaper[ware].price_ore < price.price_ore < dearer[ware].price_ore
               < 1.05 * price.price_ore for ware, price in now.items())
    assert {each.price_list.published_by for each in versions} == {"Birgitta Sjögren"}


def test_what_the_salaries_pay_is_what_the_offers_cost(store, db):
    demo.fill(store, now=NOON)
    paid = dict(db.execute(select(SalaryDeduction.application_id, func.sum(
        SalaryDeduction.amount_ore)).group_by(SalaryDeduction.application_id)).all())
    granted = db.scalars(select(OfferApplication).where(
        OfferApplication.state == offers.State.APPROVED)).all()
    assert paid == {each.id: each.ticket.price_ore - each.employer_ore for each in granted}
    assert len({each.traveller_id for each in granted}) == len(granted) > 20


def test_something_waits_for_each_of_those_who_decide(store, db):
    demo.fill(store, now=NOON)
    big = db.scalar(select(Company).where(Company.name.startswith("Norrahammar")))
    assert offers.waiting_count(db, within=Scope(big.id)) == 4
    assert len(raise_requests.waiting(db, within=Scope(big.id), now=NOON)) == 1
    assert len(messages.undelivered(db, company_id=big.id)) == 2
    overdue, fresh = applications.waiting(db)
    assert (overdue.is_overdue(NOON.date()), fresh.is_overdue(NOON.date())) == (True, False)
    assert application_queue.resting_count(db) == 1
    assert join_requests.waiting_count(db, big.id) == 1
    assert [stuck.template for stuck in queue.stuck(db)] == ["ticket"]


def test_johan_waits_for_his_code(store, db):
    demo.fill(store, now=NOON)
    person = people.with_personnummer(db, personas.JOHAN.personal_number)
    [johan] = db.scalars(select(Traveller).where(
        Traveller.personnummer_index == person.personnummer_index))
    standing = standings.of_travellers(db, [johan.id], now=NOON)[johan.id]
    assert standing.state(NOON) == standings.State.CODE_WAITING


def test_only_elsa_has_terms_to_accept(store, db):
    demo.fill(store, now=NOON)
    owing = []
    for persona in personas.PERSONAS:
        person = people.with_personnummer(db, persona.personal_number)
        if person is None:
            continue
        with store.transaction(db):
            logins.begin(db, persona.personal_number, given_name=persona.given_name, language="sv",
                         surname=persona.surname, token=persona.name, now=NOON)
        if terms.owed(db, logins.actor(db, persona.name, now=NOON), now=NOON):
            owing.append(persona)
    assert owing == [personas.ELSA]


def test_amir_has_tickets_to_use_and_a_year_of_used_ones(store, db):
    demo.fill(store, now=NOON)
    person = people.with_personnummer(db, personas.AMIR.personal_number)
    [amir] = db.scalars(select(Traveller).where(
        Traveller.personnummer_index == person.personnummer_index))
    states = {ticket.state(NOON) for ticket in tickets.of_travellers(db, [amir.id], most=200)}
    assert states == {tickets.State.UNACTIVATED, tickets.State.EXPIRED}
    assert travellers.find(db, amir.id, within=Scope(amir.company_id)).name == "Amir Haddad"


def test_a_travel_card_has_a_ticket_on_its_way(store, db):
    demo.fill(store, now=NOON)
    [ticket] = db.scalars(select(Ticket).where(Ticket.card_id.is_not(None),
                                               Ticket.company_id.is_not(None)))
    cards = travel_cards.listed(db, travel_cards.Search(), within=Scope(ticket.company_id)).rows
    assert [card.state for card in cards] == [CardState.OUT, CardState.OUT, CardState.FREE,
                                              CardState.OUT]
    assert card_tickets.stage(db, ticket, cards[0], now=NOON) == card_tickets.Stage.ON_ITS_WAY


def test_the_big_company_has_more_than_one_who_looks_after_it(store, db):
    demo.fill(store, now=NOON)
    big = db.scalar(select(Company).where(Company.name.startswith("Norrahammar")))
    assert {person.given_name for person in people.administrators(db, big.id)} == {"Karin"}
    assert [each.name for each in invitations.unanswered(db, big.id)] == ["Mikael Berg"]
    [deputyship] = deputies.of_company(db, big.id, now=NOON)
    assert deputyship.person.name == "Sara Holm"
    assert len(administrators.listed(db, big.id)) == 2


def test_somebody_leaves_with_the_month_and_a_ticket_was_recalled(store, db):
    demo.fill(store, now=NOON)
    [leaver] = db.scalars(select(Traveller).where(Traveller.leaves_on.is_not(None)))
    assert (leaver.leaves_on, leaver.leaving_recalls) == (Month.of(NOON).last_day, True)
    assert db.scalar(select(func.count()).where(
        Ticket.service == Service.SEND_TICKET, Ticket.recalled_at.is_not(None))) == 1
