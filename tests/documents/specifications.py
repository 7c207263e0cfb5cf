"""A month's specification to draw: three services, two VAT rates, a credited ticket."""
from collections.abc import Iterable
from datetime import UTC, date, datetime

from documents.specification import Line, Specification, Sum

SENT = Line(
    sold_at=datetime(2026, 10, 1, 5, 42, tzinfo=UTC), ticket_number="B-1001",
    service="Skicka biljett", reference="4711", department="Ekonomi", person="Åsa Öberg",
    product="24-timmarsbiljett", where="Zon 181", price_ore=8_000, vat_ore=453,
    vat_basis_points=600)
TRAVELLED = Line(
    sold_at=datetime(2026, 10, 24, 22, 30, tzinfo=UTC), ticket_number="B-1002",
    service="Tjänsteresor", reference="", department="Lager", person="=1+1",
    product="Enkelbiljett", where="Köpenhamn", price_ore=123_450, vat_ore=13_227,
    vat_basis_points=1_200)
CREDITED = Line(
    sold_at=datetime(2026, 10, 31, 22, 59, tzinfo=UTC), ticket_number="B-1001",
    service="Skicka biljett", reference="4711", department="Ekonomi", person="Åsa Öberg",
    product="24-timmarsbiljett", where="Zon 181", price_ore=-8_000, vat_ore=-453,
    vat_basis_points=600)
YEAR = Line(
    sold_at=datetime(2026, 10, 5, 8, 0, tzinfo=UTC), ticket_number="B-1003",
    service="Personalerbjudande", reference="4711", department="Ekonomi", person="Li Ek",
    product="365-dagarsbiljett", where="Hela länet", price_ore=950_000, vat_ore=53_774,
    vat_basis_points=600)
SUMS = [
    Sum("Skicka biljett", "4711", 2, 0, 0, 600),
    Sum("Tjänsteresor", "", 1, 123_450, 13_227, 1_200),
    Sum("Personalerbjudande", "4711", 1, 950_000, 53_774, 600),
]


def october(lines: Iterable[Line] = (SENT, TRAVELLED, CREDITED, YEAR),
            sums: Iterable[Sum] = SUMS, **changes: str) -> Specification:
    facts = {
        "authority": "Jönköpings Länstrafik", "authority_contact": "foretag@lanstrafik.example",
        "company": "Granby Mekaniska AB", "organisation_number": "556677-8899",
        "month_name": "oktober 2026",
    }
    return Specification(
        **facts | changes, period_start=date(2026, 10, 1), period_end=date(2026, 10, 31),
        made_at=datetime(2026, 11, 1, 1, 15, tzinfo=UTC), lines=list(lines), sums=list(sums))
