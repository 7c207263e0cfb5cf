from io import BytesIO

import pytest
from sqlalchemy import func, select

from domain.card_numbers import make_card
from domain.rules import Rules
from domain.travel_cards import TravelCard

NEW = "/foretag/resekort/lista/"


def number(serial):
    return make_card(serial, Rules())


@pytest.fixture
def company(make):
    return make.company()


@pytest.fixture
def send(browser, db, make, company):
    browser.log_in(make.admin(company))
    department = str(make.first_department(company).id)

    def send(rows="", **more):
        page = browser.post(NEW, {"department": department, "rows": rows} | more,
                            content_type="multipart/form-data")
        db.rollback()
        return page
    return send


def count(db):
    return db.scalar(select(func.count()).select_from(TravelCard))


def test_pasted_cards_are_added_with_who_has_which(send, db):
    page = send(f"{number(1)}\tEtt\tRut\n{number(2)}\tTvå")
    assert page.status == 303
    cards = db.scalars(select(TravelCard).order_by(TravelCard.number)).all()
    assert [(card.name, card.holder) for card in cards] == [("Ett", "Rut"), ("Två", "")]


def test_a_file_does_as_well(send, db):
    text = f"Kortnummer;Namn\n{number(1)};Ett\n".encode()
    assert send(file=(BytesIO(text), "kort.csv")).status == 303
    assert count(db) == 1


def test_wrong_rows_are_told_and_nothing_is_saved(send, db):
    page = send(f"{number(1)}\n975\n{number(1)}")
    assert page.status == 422
    assert "Rad 2: Kortnumret ska ha 16 siffror" in page.said
    assert "Rad 3: Kortet står på rad 1 också" in page.said
    assert "Ett kort är rätt" in page.said
    assert (count(db), number(1) in page.response.text) == (0, True)


def test_wrong_rows_are_left_out_if_that_is_wished(send, db):
    assert send(f"{number(1)}\n975", skip="y").status == 303
    assert count(db) == 1


def test_a_list_of_what_is_there_already_adds_nothing(send, db):
    send(number(1))
    page = send(number(1))
    assert (page.status, "inga nya kort i listan" in page.said) == (422, True)


def test_nothing_at_all_is_told(send):
    assert "Välj en fil eller klistra in rader" in send().said


def test_too_many_are_refused(send, app, store):
    page = send("\n".join(number(serial) for serial in range(5_020)))
    assert (page.status, "fler än 5000 rader" in page.said) == (422, True)


def test_what_is_no_list_is_refused(send):
    assert send(file=(BytesIO(b"%PDF-1.7"), "kort.pdf")).status == 422


def test_five_thousand_are_added_at_once(send, db):
    assert send("\n".join(number(serial) for serial in range(1, 5_001))).status == 303
    assert count(db) == 5_000
