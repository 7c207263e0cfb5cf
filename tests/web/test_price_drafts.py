import io
import re

import pytest
from sqlalchemy import select

from domain.audit import AUTHORITY, Act, Event
from domain.price_drafts import PriceDraft
from domain.price_lists import PriceList
from tests.browser import FRAGMENT, id_in
from tests.queries import queries

LISTS, NEW = "/intern/prislistor/", "/intern/prislistor/ny"


@pytest.fixture
def clerk(browser, make):
    make.price_list()
    return browser.log_in(make.clerk())


@pytest.fixture
def template(clerk):
    """The list in force, as the clerk takes it home."""
    return clerk.get(f"{LISTS}mall.csv").response.data.decode("utf-8-sig")


def upload(clerk, text, **values):
    return clerk.post(NEW, {"name": "Prislista 2027", "starts_on": "2027-01-01",
                            "file": (io.BytesIO(text.encode()), "priser.csv")} | values,
                      content_type="multipart/form-data")


def review(clerk, text, **values):
    page = upload(clerk, text, **values)
    assert page.status == 303, page.said
    return clerk.get(page.location), page.location


def seen(page) -> str:
    return next(attrs["value"] for attrs in page.all("input") if attrs.get("name") == "seen")


def lists(db):
    db.rollback()
    return db.scalars(select(PriceList).order_by(PriceList.valid_from)).all()


def test_a_list_is_uploaded_compared_and_published(clerk, template, db):
    page, draft = review(clerk, template.replace("zon;;42,00", "zon;;44,00"))
    assert "Jämförs med Prislista" in page.said
    assert "Ett pris ändras." in page.said
    assert "Enkelbiljett, En zon 42 kr 44 kr +2 kr +4,8 %" in page.said
    assert len(lists(db)) == 1
    done = clerk.post(f"{draft}/publicering", {"seen": seen(page)})
    made = lists(db)[1]
    assert (done.status, done.location) == (303, f"{LISTS}{made.id}")
    assert (made.name, made.published_by) == ("Prislista 2027", "Berit Handläggare")
    assert "Prislista 2027 är publicerad." in clerk.get(done.location).said
    assert clerk.get(draft).status == 404
    [event] = db.scalars(select(Event).where(
        Event.chain_id == AUTHORITY, Event.act == Act.PRICE_LIST_PUBLISHED,
        Event.by_name == "Berit Handläggare"))
    assert event.details["name"] == "Prislista 2027"


@pytest.mark.parametrize(("values", "said"), [
    ({"name": ""}, "Namn: Fyll i det här."), ({"starts_on": ""}, "Gäller från: Fyll i det här."),
    ({"starts_on": "nyår"}, "Skriv datumet så här"),
    ({"starts_on": "2026-11-20"}, "tidigast i morgon"),
    ({"starts_on": "2026-01-01"}, "tidigast i morgon"),
    ({"starts_on": "0001-01-01"}, "tidigast i morgon"),
    ({"starts_on": "9999-12-31"}, "för långt fram"), ({"file": ""}, "Fil: Välj en fil."),
    ({"file": (io.BytesIO(b"hej"), "x.csv")}, "vad kolumnerna heter")])
def test_what_cannot_be_taken_in_says_why_and_keeps_the_rest(clerk, template, db, values, said):
    page = upload(clerk, template, **values)
    assert (page.status, said in page.said) == (422, True)
    assert db.scalars(select(PriceDraft)).all() == []


def test_two_lists_cannot_begin_on_the_same_day(clerk, make, template):
    make.coming_list("Beslutad")
    page = upload(clerk, template)
    assert (page.status, "redan en prislista från den dagen: Beslutad" in page.said) == (422, True)


def test_a_bad_row_is_mended_on_the_page(clerk, template, db):
    page, draft = review(clerk, template.replace("zon;;42,00", "zon;;fyrtiotvå"))
    assert "En rad att rätta" in page.said
    assert "Rad 2 Enkelbiljett En zon" in page.said
    assert "Skriv beloppet i kronor" in page.said
    assert "Publicera prislistan" not in page.said
    mended = clerk.post(f"{draft}/rattelser", {
        "r2-product": "Enkelbiljett", "r2-extent": "En zon", "r2-area": "", "r2-price": "44",
        "r2-vat": "6", "r3-product": "Buss"})
    assert (mended.status, mended.location) == (303, draft)
    page = clerk.get(draft)
    assert "Publicera prislistan" in page.said
    assert clerk.post(f"{draft}/publicering", {"seen": seen(page)}).status == 303
    assert len(lists(db)) == 2


def test_a_list_with_a_bad_row_is_not_published_by_asking_for_it(clerk, template, db):
    _, draft = review(clerk, template.replace("zon;;42,00", "zon;;x"))
    page = clerk.post(f"{draft}/publicering", {"seen": "", "gone": "y", "doubtful": "y"})
    assert (page.status, len(lists(db))) == (409, 1)


def test_doubts_are_said_and_have_to_be_ticked(clerk, template, db):
    gone = "Flex 20/60;Hela länet;;2020,00;6\r\n"
    text = template.replace("zon;;42,00", "zon;;4200").replace(gone, "")
    page, draft = review(clerk, text)
    assert "En biljett säljs inte längre" in page.said
    assert "Flex 20/60, Hela länet." in page.said
    assert "Höjs mer än 25 %" in page.said
    refused = clerk.post(f"{draft}/publicering", {"seen": seen(page)})
    assert (refused.status, "Kryssa i att biljetterna inte ska säljas" in refused.said) == (
        422, True)
    refused = clerk.post(f"{draft}/publicering", {"seen": seen(page), "gone": "y"})
    assert (refused.status, "Kryssa i att de ovanliga" in refused.said) == (422, True)
    assert len(lists(db)) == 1
    ticked = {"seen": seen(page), "gone": "y", "doubtful": "y"}
    assert clerk.post(f"{draft}/publicering", ticked).status == 303


def test_another_vat_is_said_with_both(clerk, template):
    page, _ = review(clerk, template.replace("Köpenhamn;310,00;6", "Köpenhamn;310,00;0"))
    assert "Enkelbiljett, Länet och Köpenhamn 310 kr 310 kr – – Annan moms: 6 % → 0 %" in page.said


def test_a_list_without_doubts_has_no_boxes(clerk, template):
    page, _ = review(clerk, template)
    assert [attrs for attrs in page.all("input") if attrs.get("type") == "checkbox"] == []


def test_what_has_changed_since_it_was_looked_at_is_shown_again(clerk, make, template):
    page, draft = review(clerk, template, starts_on="2027-03-01")
    make.coming_list(dearer=-100)
    refused = clerk.post(f"{draft}/publicering", {"seen": seen(page)})
    assert (refused.status, "ändrats sedan du granskade" in refused.said) == (422, True)
    assert clerk.post(f"{draft}/publicering", {"seen": seen(refused)}).status == 303


def test_published_twice_is_published_once(clerk, template, db):
    page, draft = review(clerk, template)
    sent = {"seen": seen(page), "form_key": "5b0e8a0e-4b3c-4f7a-9d49-0d3f3c1a2b11"}
    first = clerk.post(f"{draft}/publicering", sent)
    assert first.status == 303
    assert clerk.post(f"{draft}/publicering", sent).status in (303, 404)
    assert len(lists(db)) == 2


def test_a_draft_waits_on_the_first_page_until_it_is_thrown_away(clerk, template, db):
    _, draft = review(clerk, template)
    assert draft in clerk.get(LISTS).links()
    assert clerk.post(f"{draft}/borttagning").location == LISTS
    assert draft not in clerk.get(LISTS).links()
    assert clerk.post(f"{draft}/borttagning").status == 404


def test_a_list_that_is_refused_is_answered_with_its_form_alone(clerk, template):
    page, draft = review(clerk, template.replace("zon;;42,00", "zon;;41,00"))
    part = clerk.post(f"{draft}/publicering", {"seen": seen(page)}, headers=FRAGMENT)
    assert (part.status, part.whole, part.tags[0][1].get("id")) == (422, False, "form")


def test_more_rows_and_bad_rows_take_no_more_questions(clerk, template, store):
    few = template.splitlines(keepends=True)
    _, short = review(clerk, "".join(few[:3]))
    _, long = review(clerk, re.sub(r"Hela länet;;\d+", "Hela länet;;x", template))
    asked = []
    for address in (short, long):
        with queries(store) as statements:
            clerk.get(address)
        asked.append(len(statements))
    assert asked[0] == asked[1]


def test_very_many_bad_rows_are_shown_some_at_a_time(clerk, template):
    text = template + "".join(f"Buss {number};En zon;;1;6\r\n" for number in range(40))
    page, draft = review(clerk, text)
    assert "40 rader att rätta" in page.said
    assert "10 rader till visas när de här är rättade." in page.said
    assert id_in(draft)
