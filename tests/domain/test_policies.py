from datetime import date, time, timedelta
from uuid import uuid4

import pytest

from domain import audit, business_travel, policies, purchases
from domain.access import Scope
from domain.audit import Act
from domain.errors import Conflict, Invalid, NotFound
from domain.policies import Details
from domain.policy_groups import PolicyGroup
from domain.policy_rules import Refused, Rule, Weekday
from domain.products import Area, Extent, Product
from domain.tickets import Ticket
from tests.conftest import NOON
from tests.factories import NOBODY, ONE_ZONE

WORKDAYS = list(Weekday)[:5]
SATURDAY = NOON + timedelta(days=1)
EVERYTHING = Details(
    "Kontoret", products=[Product.SINGLE, Product.DAY], extents=[Extent.ZONES_1, Extent.BORDER],
    zones=[181, 183], areas=[Area.KALMAR], weekdays=WORKDAYS, begins=time(6), ends=time(19, 30),
    top_price_ore=20_000, purpose="Projekt", purpose_choices=["Norr", "Söder"],
    text="Åk tåg när det går.")


@pytest.fixture
def company(make):
    make.price_list()
    return make.company()


@pytest.fixture
def connection(make, company):
    return make.connection(make.traveller(company), registered=True)


@pytest.fixture
def act(store, db):
    def act(verb, *args, **kwargs):
        with store.transaction(db):
            return verb(db, *args, by=NOBODY, **({"now": NOON} | kwargs))
    return act


@pytest.fixture
def buy(act, connection):
    def buy(product=Product.SINGLE, **more):
        return act(purchases.buy, connection, product, ONE_ZONE, **more)
    return buy


def acts(db, company):
    return [event.act for event in audit.latest(db, within=Scope(company.id)).rows]


# Groups.


def test_a_group_is_read_as_it_was_written(act, db, company):
    group = act(policies.add, company.id, EVERYTHING)
    db.expire_all()
    read = policies.find(db, group.id, company_id=company.id)
    assert {name: getattr(read, name) for name in vars(EVERYTHING)} == vars(EVERYTHING)
    assert acts(db, company)[0] == Act.POLICY_ADDED


def test_a_group_without_words_restricts_nothing(act, db, company):
    group = act(policies.add, company.id, Details("Alla"))
    db.expire_all()
    assert (group.products, group.zones, group.purpose_choices, group.text) == (None, None, [], "")


def test_a_change_is_told(act, db, company, make):
    group = make.policy_group(company, "Kontoret")
    act(policies.change, group, EVERYTHING)
    assert (group.top_price_ore, acts(db, company)[0]) == (20_000, Act.POLICY_CHANGED)


@pytest.mark.parametrize("name", ["Kontoret", "  KONTORET "])
def test_two_groups_of_a_company_have_different_names(act, make, company, name):
    make.policy_group(company, "Kontoret")
    other = make.policy_group(company, "Lagret")
    for verb, thing in ((policies.add, company.id), (policies.change, other)):
        with pytest.raises(Invalid, match="heter"):
            act(verb, thing, Details(name))


def test_another_company_may_use_the_name(make, company):
    make.policy_group(company, "Kontoret")
    assert make.policy_group(make.company("Andra AB"), "Kontoret").name == "Kontoret"


@pytest.mark.parametrize(("decided", "field"), [
    ({"begins": time(6)}, "ends"), ({"ends": time(6)}, "begins"),
    ({"begins": time(6), "ends": time(6)}, "ends"), ({"top_price_ore": 0}, "top_price"),
    ({"top_price_ore": 10**8}, "top_price"), ({"zones": [999]}, "zones"),
    ({"purpose_choices": [str(number) for number in range(51)]}, "purpose_choices"),
    ({"purpose_choices": ["x" * 101]}, "purpose_choices"),
])
def test_what_nothing_could_mean_is_refused_beside_its_field(act, company, decided, field):
    with pytest.raises(Invalid) as refusal:
        act(policies.add, company.id, Details("Kontoret", **decided))
    assert refusal.value.field == field


def test_a_group_of_another_company_is_not_found(db, make, company):
    theirs = make.policy_group(make.company("Andra AB"))
    for group_id in (theirs.id, uuid4()):
        with pytest.raises(NotFound):
            policies.find(db, group_id, company_id=company.id)


def test_groups_stand_in_the_order_of_their_names(db, make, company):
    for name in ("lager", "Kontor", "Ute"):
        make.policy_group(company, name)
    assert [each.name for each in policies.of_company(db, company.id)] == ["Kontor", "lager", "Ute"]


# Whose group it is.


def test_only_one_group_is_the_default(act, db, make, company):
    first, second = (make.policy_group(company, name, default=True) for name in ("Ett", "Två"))
    db.expire_all()
    assert (first.is_default, second.is_default) == (False, True)
    act(policies.stop_default, second)
    assert not second.is_default
    assert acts(db, company)[0] == Act.POLICY_NOT_DEFAULT


def test_ones_own_group_goes_before_the_default_and_that_before_none(db, make, company, connection):
    def decides() -> PolicyGroup | None:
        db.expire(connection)
        return connection.policy

    assert decides() is None
    default = make.policy_group(company, default=True)
    assert decides() == default
    own = make.chosen_policy(connection, make.policy_group(company, "Chefer"))
    assert decides() == own
    make.chosen_policy(connection, None)
    assert decides() == default


def test_choosing_is_told_once(act, db, make, company, connection):
    group = make.policy_group(company, "Chefer")
    for _again in range(2):
        act(policies.choose, connection, group)
    assert acts(db, company).count(Act.TRAVEL_POLICY_CHOSEN) == 1


def test_how_many_have_each_group(db, make, company, connection):
    group = make.policy_group(company)
    other = make.connection(make.traveller(company))
    make.chosen_policy(other, group)
    assert policies.numbers(db, company.id) == {None: 1, group.id: 1}
    default = make.policy_group(company, "Alla", default=True)
    assert policies.numbers(db, company.id) == {default.id: 1, group.id: 1}


def test_a_group_in_use_stays(act, make, company, connection):
    group = make.policy_group(company, default=True)
    with pytest.raises(Conflict, match=r"anslutna resenärer \(1\)"):
        act(policies.remove, group)


def test_a_group_that_only_former_travellers_had_can_be_removed(act, db, make, company,
                                                                connection):
    group = make.chosen_policy(connection, make.policy_group(company))
    act(business_travel.end, connection)
    act(policies.remove, group)
    assert policies.of_company(db, company.id) == []
    assert acts(db, company)[0] == Act.POLICY_REMOVED


# What it does to purchases.


def test_the_policy_is_asked_before_anything_is_bought(db, make, company, connection, buy):
    make.policy_group(company, weekdays=WORKDAYS, default=True)
    with pytest.raises(Refused) as refusal:
        buy(now=SATURDAY)
    assert refusal.value.rule == Rule.WEEKDAY
    assert buy(now=NOON).price_ore == 4_200
    assert len(db.query(Ticket).all()) == 1


def test_a_purchase_carries_its_purpose_in_one_line(make, company, buy):
    make.policy_group(company, purpose="Projekt", default=True)
    with pytest.raises(Refused) as refusal:
        buy(purpose=" \n ")
    assert (refusal.value.rule, refusal.value.field) == (Rule.PURPOSE, "purpose")
    assert buy(purpose=" Norra\n  bron\0 ").purpose == "Norra bron"


def test_a_purpose_may_be_given_where_none_is_asked_for(buy):
    assert buy(purpose="4711").purpose == "4711"


def test_a_purpose_has_its_longest(buy):
    assert len(buy(purpose="x" * 100).purpose) == 100
    with pytest.raises(Refused, match="högst 100 tecken"):
        buy(purpose="x" * 101)


def test_a_ticket_may_begin_on_a_coming_day(buy):
    monday = date(2026, 11, 23)
    assert buy(valid_from=monday).valid_from == monday
    with pytest.raises(Invalid, match="har redan varit"):
        buy(valid_from=date(2026, 11, 19))


def test_what_is_reserved_keeps_its_purpose_and_its_day(act, connection):
    kept = act(purchases.authorise, connection, Product.DAY, ONE_ZONE, purpose="4711",
               valid_from=date(2026, 11, 23))
    ticket = act(purchases.capture, kept)
    assert (ticket.purpose, ticket.valid_from) == ("4711", date(2026, 11, 23))


def test_a_changed_policy_holds_for_the_next_purchase(act, make, company, buy):
    group = make.policy_group(company, default=True)
    buy()
    act(policies.change, group, Details("Kontoret", top_price_ore=4_199))
    with pytest.raises(Refused):
        buy()
