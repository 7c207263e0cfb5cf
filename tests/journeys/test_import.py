"""Five thousand people from a file: wrong rows are mended on the page, and it is all undone."""
import re

from sqlalchemy import func, select

from domain.travellers import Traveller
from sandbox.personas import KARIN
from tests.chromium import ALL_JOURNEYS
from tests.factories import personnummer

pytestmark = ALL_JOURNEYS

ROWS, WRONG = 5_000, 37
FIRST = 27_000
"""So young are none of the demo."""
HEADER = "Pers.nr;Förnamn;Efternamn;E-post;Mobiltelefon;Anst.nr;Favoritfärg\r\n"


def row(number: int) -> str:
    """The first ones have lost their last digit on the way."""
    who = personnummer(FIRST + number)
    return (f"{who[:-1] if number < WRONG else who};Resenär{number};Öhman;r{number}@x.example;"
            f"070-174 {number // 100:02} {number % 100:02};{number};blå\r\n")


def mended(karin) -> int:
    """Mends the rows on the page; says how many there were."""
    fields = karin.page.locator("main input[name$=-personnummer]:not([type=hidden])")
    for field in fields.all():
        number = int(re.search(r"\d+", field.get_attribute("name"))[0]) - 2
        field.fill(personnummer(FIRST + number))
    count = fields.count()
    karin.presses("Spara och granska igen")
    return count


def followed(theatre, karin, words: str) -> None:
    """What the workers do shows on the page, by itself or when it is loaded again."""
    theatre.work()
    if not theatre.scripts:
        karin.presses("Ladda om sidan")
    karin.sees(words)


def travellers(theatre) -> int:
    with theatre.store.session() as session:
        return session.scalar(select(func.count()).select_from(Traveller)
                              .where(Traveller.ended_at.is_(None)))


def test_five_thousand_are_imported_with_37_rows_mended_and_undone(theatre, tmp_path):
    file = tmp_path / "personal.csv"
    file.write_bytes((HEADER + "".join(map(row, range(ROWS)))).encode("cp1252"))
    before = travellers(theatre)
    karin = theatre.at_a_desk().signs_in_as(KARIN).opens("/foretag/importer/ny")
    karin.selects("department", "Verkstad").page.locator("input[type=file]").set_input_files(file)
    karin.presses("Läs listan").sees("personal.csv: 5000 rader").sees("Favoritfärg är")
    karin.presses("Granska listan").sees("Listan granskas")
    karin.opens(karin.page.url).sees("Listan granskas")
    followed(theatre, karin, "Importera 4963 resenärer")
    karin.sees("Personnumret stämmer inte").sees("Kolumner som inte läses")

    for left in (WRONG - 25, 0):
        assert mended(karin) == min(25, left + 25 if left else 12)
        followed(theatre, karin, f"Importera {ROWS - left} resenärer")
    assert travellers(theatre) == before

    karin.presses("Importera 5000 resenärer").sees("Listan importeras")
    followed(theatre, karin, "Listan är importerad")
    assert travellers(theatre) == before + ROWS

    karin.page.once("dialog", lambda asked: asked.accept())
    karin.presses("Ångra importen")
    followed(theatre, karin, "Importen är ångrad")
    assert travellers(theatre) == before
