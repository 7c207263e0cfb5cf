import io
from datetime import timedelta

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from domain import parcels
from domain.card_numbers import make_card, show_card
from domain.messages import Email
from domain.parcels import Address, Parcel, State
from domain.rules import Rules
from tests.conftest import NOON
from tests.queries import queries

INDEX = "/intern/utskick/"
NUMBER = make_card(4711, Rules())


@pytest.fixture(autouse=True)
def clerk(browser, make):
    browser.log_in(make.clerk())


def kept(db, parcel):
    db.rollback()
    db.expire_all()
    return db.get_one(Parcel, parcel.id)


def typed(parcel, number=NUMBER):
    return {f"card-{parcel.id}-number": number}


def test_the_list_tells_where_each_goes_and_how_long_it_has_waited(browser, make):
    make.parcel(make.customer("Rut", "Ek"), at=NOON - timedelta(days=6))
    page = browser.get(INDEX)
    assert "Rut Ek" in page.said
    assert "Storgatan 1, 553 20 Jönköping" in page.said
    assert "lör 14 nov försenad lovad ons 18 nov, dag 5 av 3" in page.said


def test_an_empty_list_says_so(browser):
    assert "Inget att packa" in browser.get(INDEX).said


def test_a_number_is_typed_beside_its_parcel(browser, db, make):
    parcel = make.parcel(make.customer("Rut", "Ek"))
    assert browser.post(f"{INDEX}packning", typed(parcel, show_card(NUMBER))).location == INDEX
    assert (kept(db, parcel).state, kept(db, parcel).card.number) == (State.PACKED, NUMBER)
    assert f"Kort •••• {NUMBER[-4:]} är till Rut Ek." in browser.get(INDEX).said


def test_the_next_field_is_ready_to_be_typed_in(browser, make):
    rows = [make.parcel() for _ in range(2)]
    browser.post(f"{INDEX}packning", typed(rows[0]))
    [field] = [each for each in browser.get(INDEX).all("input") if "autofocus" in each]
    assert field["name"] == f"card-{rows[1].id}-number"


def test_what_is_wrong_is_said_beside_its_field_and_what_is_right_is_done(browser, db, make):
    right, wrong = make.parcel(), make.parcel()
    bad = NUMBER[:-1] + str((int(NUMBER[-1]) + 1) % 10)
    page = browser.post(f"{INDEX}packning", typed(right) | typed(wrong, bad))
    assert (page.status, "Kontrollera siffrorna" in page.said) == (422, True)
    [field] = [each for each in page.all("input") if "autofocus" in each]
    assert (field["value"], field["aria-invalid"]) == (bad, "true")
    assert [kept(db, each).state for each in (right, wrong)] == [State.PACKED, State.ORDERED]


def test_a_parcel_that_another_clerk_has_packed_is_told_of(browser, make):
    parcel = make.parcel()
    make.pack(parcel)
    page = browser.post(f"{INDEX}packning", typed(parcel))
    assert (page.status, "redan packad" in page.said) == (422, True)


def test_a_wrong_card_is_exchanged_before_it_is_posted(browser, db, make):
    parcel = make.parcel(packed=True)
    page = browser.post(f"{INDEX}{parcel.id}/kort", {"number": show_card(NUMBER)})
    assert (page.location, kept(db, parcel).card.number) == (INDEX, NUMBER)
    assert browser.post(f"{INDEX}{parcel.id}/kort", {"number": NUMBER}).status == 422


def test_the_chosen_get_labels_from_the_one_that_is_free(browser, db, make):
    rows = [make.parcel(make.customer("Rut", name), at=NOON - timedelta(days=days))
            for days, name in ((3, "Ek"), (2, "Alm"), (1, "Lind"))]
    page = browser.post(f"{INDEX}etiketter",
                        {"chosen": [rows[2].id, rows[0].id], "first": "24"})
    assert page.response.mimetype == "application/pdf"
    sheets = [sheet.extract_text() for sheet in PdfReader(io.BytesIO(page.response.data)).pages]
    assert [each.split("\n")[0].strip() for each in sheets] == ["Rut Ek", "Rut Lind"]
    assert [bool(kept(db, each).labelled_at) for each in rows] == [True, False, True]


def test_an_address_that_is_changed_after_its_label_is_told_of(browser, store, db, make):
    parcel = make.parcel()
    browser.post(f"{INDEX}etiketter", {"chosen": parcel.id})
    with store.transaction(db):
        parcels.change_address(db, parcel, Address("Rut Ek", "Nygatan 7", "561 30", "Huskvarna"),
                               by=make.actor(make.clerk()), now=NOON.replace(hour=12))
    assert "Ny adress efter etiketten" in browser.get(INDEX).said


@pytest.mark.parametrize("act", ["etiketter", "postning"])
def test_nothing_is_done_when_none_is_chosen(browser, act):
    assert browser.post(f"{INDEX}{act}", {"first": "nej"}).location == INDEX
    assert "Välj minst en" in browser.get(INDEX).said


def test_the_packed_are_posted_and_their_customers_told_once(browser, db, make):
    parcel = make.parcel(packed=True)
    for _ in range(2):
        browser.post(f"{INDEX}postning", {"chosen": parcel.id})
    assert kept(db, parcel).posted_at == NOON
    assert len(db.scalars(select(Email).where(Email.template == "parcel_posted")).all()) == 1
    assert "redan postade" in browser.get(INDEX).said


def test_the_list_asks_as_much_at_three_parcels_as_at_one(browser, make, store):
    make.parcel(), make.parcel(packed=True)
    browser.get(INDEX)
    with queries(store) as at_one:
        browser.get(INDEX)
    for packed in (False, True):
        make.parcel(packed=packed), make.parcel(packed=packed)
    with queries(store) as at_three:
        browser.get(INDEX)
    assert len(at_one) == len(at_three)


def test_the_desk_tells_what_is_due(browser, make):
    make.parcel()
    assert "ska i väg i dag" not in browser.get("/intern/").said
    make.parcel(at=NOON - timedelta(days=3)), make.parcel_case()
    said = browser.get("/intern/").said
    assert "Ett resekort ska i väg i dag" in said
    assert "Ett ärende om en försändelse väntar" in said
