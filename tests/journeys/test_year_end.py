"""The year ends: what was too little for an invoice is one now, the numbers go on, and each year
has its own sums."""
import re
from datetime import timedelta

from sqlalchemy import select

from domain import departments, sales
from domain.departments import Details
from domain.invoices import Invoice
from domain.months import Month
from domain.people import Person
from domain.products import Extent, Product, Trip
from domain.sales import Recipient
from sandbox.personas import BIRGITTA, KARIN
from tests import sie_reader
from tests.chromium import ALL_JOURNEYS
from tests.factories import NOBODY
from tests.journeys.test_invoice_credited import closes

pytestmark = ALL_JOURNEYS
FAIR = "99100"
"""The reference number of a department that travels little."""


def november(theatre) -> Month:
    """The next that has not ended."""
    this = Month.of(theatre.world.clock.now())
    return Month(this.year + (this.month == 12), 11)


def buys_little(theatre) -> None:
    """One ticket, for a department of Karin's company with an invoice of its own."""
    now = theatre.world.clock.now()
    with theatre.store.session() as session, theatre.store.transaction(session):
        index = session.info["vault"].index(KARIN.personal_number)
        karin = session.scalar(select(Person).where(Person.personnummer_index == index))
        company_id = next(post.company_id for post in karin.posts if post.company_id)
        fair = departments.add(session, company_id, Details("Mässan", FAIR), by=NOBODY, now=now)
        sales.send(session, Product.SINGLE, Trip(Extent.ZONES_1, (181,)), department=fair,
                   to=Recipient("Gäst Öberg", "+46701740622"), by=NOBODY, now=now)


def taken_home(person, name: str) -> bytes:
    with person.page.expect_download() as file:
        person.page.get_by_role("link", name=name).first.click()
    return file.value.path().read_bytes()


def test_at_the_end_of_the_year_nothing_is_left_for_the_next(theatre):
    month = november(theatre)
    december, year = month.next, month.year
    theatre.world.clock.move_to(december.start - timedelta(days=3))
    buys_little(theatre)
    closes(theatre, month)
    karin = theatre.at_a_desk().signs_in_as(KARIN)
    karin.opens(f"/foretag/fakturor/?q={FAIR}").sees("Ingen faktura stämmer")
    karin.opens(f"/foretag/rapporter/{december}").sees(re.compile(rf"Referensnummer {FAIR} · 4\d"))

    closes(theatre, december)
    karin = theatre.at_a_desk().signs_in_as(KARIN)
    karin.opens(f"/foretag/fakturor/?q={FAIR}&ar={year}").presses(re.compile(r"^Faktura \d"))
    karin.sees(f"Referensnummer {FAIR}, december {year}").sees("Gäst Öberg")
    with theatre.store.session() as session:
        numbers = list(session.scalars(select(Invoice.number).order_by(Invoice.number)))
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))

    for each in (year, year - 1):
        karin.opens(f"/foretag/rapporter/statistik?period={each}").sees("Samma månader året före")
    birgitta = theatre.at_a_desk().signs_in_as(BIRGITTA)
    birgitta.opens(f"/intern/manadskorning/{december}").sees("Månaden är stängd för alla")
    books = sie_reader.read(taken_home(birgitta, "Hämta bokföring (SIE)"))
    [invoice] = [voucher for voucher in books.vouchers if str(numbers[-1]) in voucher.text]
    assert sum(posting.ore for posting in invoice.postings) == 0
