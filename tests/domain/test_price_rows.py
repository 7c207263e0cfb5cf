import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import price_rows
from domain.errors import Invalid
from domain.money import NBSP, kr
from domain.price_lists import PLACES, Line
from domain.price_rows import Checked, parse_price, parse_vat
from domain.products import AREA_NAMES, EXTENT_NAMES, NAMES, Area, Extent, Product

GOOD = ("Enkelbiljett", "En zon", "", "42,00", "6")


def check(*rows) -> Checked:
    return price_rows.check(enumerate(rows, start=2))


def only(*rows) -> Line:
    checked = check(*rows)
    assert checked.wrong == []
    [line] = checked.lines
    return line


def wrong(*rows) -> dict[str, str]:
    """What is said of the last row, by column."""
    return {column: str(said) for column, said in check(*rows).wrong[-1].problems.items()}


def changed(**cells):
    return tuple((dict(zip(price_rows.COLUMNS, GOOD, strict=True)) | cells).values())


def test_a_row_says_what_a_ticket_costs():
    assert only(GOOD) == Line(product=Product.SINGLE, extent=Extent.ZONES_1, price_ore=4_200,
                              vat_basis_points=600)


@pytest.mark.parametrize("product", Product)
def test_a_ticket_is_known_by_its_name_and_by_its_code(product):
    for said in (NAMES[product], product.value, NAMES[product].upper(), f" {product} "):
        assert only(changed(product=said)).product == product


@pytest.mark.parametrize(("said", "product"), [
    ("Enkel", Product.SINGLE), ("24 timmar", Product.DAY), ("30 dagar", Product.PERIOD_30),
    ("Flex 10/30", Product.FLEX_10_30), ("FLEX 20-60", Product.FLEX_20_60),
    ("Årskort", Product.PERIOD_365), ("Ungdom", Product.PERIOD_30_YOUTH)])
def test_a_ticket_is_known_as_people_say_it(said, product):
    assert only(changed(product=said)).product == product


@pytest.mark.parametrize(("extent", "area"), PLACES)
def test_a_place_is_known_by_its_name_and_by_its_code(extent, area):
    for said, there in ((EXTENT_NAMES[extent], AREA_NAMES.get(area, "")),
                        (extent.value, area.value if area else "")):
        line = only(changed(extent=said, area=there))
        assert (line.extent, line.area) == (extent, area)


@pytest.mark.parametrize(("extent", "area"), [
    ("Kronoberg", ""), ("Länet och Kronoberg", ""), ("", "Kronobergs län"),
    ("över länsgränsen", "KRONOBERG"), ("border", "kronobergs")])
def test_an_area_is_known_however_it_is_said(extent, area):
    line = only(changed(extent=extent, area=area))
    assert (line.extent, line.area) == (Extent.BORDER, Area.KRONOBERG)


@pytest.mark.parametrize(("cells", "column", "said"), [
    ({"product": "Månadskort"}, "product", "Skriv en av biljetterna"),
    ({"product": ""}, "product", "Skriv en av biljetterna"),
    ({"product": "Period ungdom 30 D", "extent": "Länet och Kalmar"}, "product",
     "säljs inte över länsgränsen"),
    ({"extent": "Tre zoner"}, "extent", "Skriv En zon"),
    ({"extent": ""}, "extent", "Skriv En zon"),
    ({"extent": "Över länsgränsen"}, "area", "Skriv vilket område"),
    ({"extent": "Över länsgränsen", "area": "Östergötland"}, "area", "Skriv vilket område"),
    ({"area": "Kalmar"}, "area", "Bara biljetter över länsgränsen"),
    ({"price": "gratis"}, "price", "Skriv beloppet i kronor"),
    ({"price": ""}, "price", "Skriv beloppet i kronor"),
    ({"price": "0"}, "price", "mer än 0 kr"), ({"price": "100001"}, "price", "högst 100 000 kr"),
    ({"vat": "sex"}, "vat", "Skriv momsen i procent"), ({"vat": "26"}, "vat", "momsen i procent")])
def test_a_row_that_cannot_be_read_says_what_to_mend(cells, column, said):
    assert said in wrong(changed(**cells))[column]


def test_everything_that_is_wrong_with_a_row_is_said_at_once():
    assert wrong(("Buss", "Hit", "", "dyrt", "mycket")).keys() == {
        "product", "extent", "price", "vat"}


def test_the_same_ticket_twice_is_wrong_the_second_time():
    checked = check(GOOD, changed(price="43"))
    assert len(checked.lines) == 1
    assert str(checked.wrong[0].problems["product"]) == "Samma biljett står på rad 2."


def test_an_empty_row_is_passed_over():
    assert len(check(("",) * 5, GOOD).lines) == 1


@pytest.mark.parametrize(("text", "ore"), [
    ("42", 4_200), ("42,00", 4_200), ("42.5", 4_250), (f"1{NBSP}390,00{NBSP}kr", 139_000),
    ("1 390,00 kr", 139_000), ("42:-", 4_200), (" 42 KR ", 4_200), ("1\u202f390", 139_000)])
def test_a_price_is_read_as_people_write_it(text, ore):
    assert parse_price(text) == ore


@pytest.mark.parametrize("text", ["1.390", "1.390,00", "1,390.00", "-42", "42,005", "4e2", "", "kr",
                                  "42 kr x", "½", "1/2"])
def test_a_price_that_could_mean_two_things_is_refused(text):
    with pytest.raises(Invalid):
        parse_price(text)


@given(st.integers(1, price_rows.MOST_ORE))
def test_every_price_that_is_written_is_read_again(ore):
    assert parse_price(kr(ore)) == ore
    assert parse_price(f"{ore // 100},{ore % 100:02}") == ore


@given(st.text(max_size=30))
def test_whatever_is_typed_is_a_price_or_is_refused(text):
    try:
        ore = parse_price(text)
    except Invalid:
        return
    assert 0 < ore <= price_rows.MOST_ORE


@given(st.tuples(*[st.text(max_size=20)] * 5))
def test_whatever_stands_in_a_row_is_read_or_refused(cells):
    checked = check(cells)
    assert len(checked.lines) + len(checked.wrong) == any(cells)


@pytest.mark.parametrize(("text", "points"), [
    ("6", 600), ("6 %", 600), ("6,0", 600), ("6.00", 600), ("", 600), ("0", 0), ("0 %", 0),
    ("12", 1_200), ("25", 2_500), ("3,5", 350), ("0.06", 600), ("0,06", 600)])
def test_vat_is_read_in_per_cent_and_is_six_when_nothing_is_said(text, points):
    assert parse_vat(text) == points
