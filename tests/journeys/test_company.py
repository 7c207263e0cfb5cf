"""A company applies and is approved; its administrator adds a department and its people."""
from sqlalchemy import select

from domain import departments, people
from domain.access import Scope
from domain.companies import with_number
from domain.travellers import Traveller
from sandbox.personas import BIRGITTA, ELSA, OSKAR
from tests.factories import personnummer


def link_in_mail(theatre, to: str, part: str) -> str:
    """The address in the newest e-mail to someone."""
    return next(word for word in theatre.letter(to).split() if part in word)


def test_a_company_applies_is_approved_and_begins(theatre):
    oskar = theatre.at_a_desk()
    oskar.opens("/").presses("Ansök om företagskonto")
    oskar.fills(company_name="Dahls Bageri AB", organisation_number="556012-5790",
                street="Kungsgatan 2", postcode="57331", city="Tranås", reference_number="4711",
                invoice_email="faktura@dahls.example", given_name="Oskar", surname="Dahl",
                personnummer="19750808-2390", email="oskar@dahls.example",
                mobile="070-174 06 11")
    oskar.selects("size", "11–50").chooses("Offentlig").presses("Skicka ansökan")
    oskar.sees("Personnumret stämmer inte").sees("Bara den som får ansöka")

    oskar.fills(personnummer=OSKAR.personal_number).chooses("Jag intygar").presses("Skicka ansökan")
    oskar.sees("Dahls Bageri AB").sees("Granskas")
    theatre.work()
    status = link_in_mail(theatre, "oskar@dahls.example", "/ansok/")
    assert oskar.page.url == status

    birgitta = theatre.at_a_desk().signs_in_as(BIRGITTA)
    assert "Dahls Bageri AB" in theatre.letter("birgitta.sjogren@lanstrafiken.example")
    birgitta.presses("Ansökningar").presses("Dahls Bageri AB").presses("Godkänn")
    birgitta.sees("Dahls Bageri AB är godkänt")
    theatre.work()
    assert "/logga-in" in link_in_mail(theatre, "oskar@dahls.example", "/logga-in")

    oskar.opens(status).sees("Kontot är klart")
    oskar.signs_in_as(OSKAR).accepts_the_terms(3)
    oskar.sees("Idag").presses("Avdelningar").sees("Huvudavdelning").sees("4711")


def test_an_administrator_adds_a_department_a_traveller_and_a_list(theatre):
    elsa = theatre.at_a_desk().signs_in_as(ELSA).accepts_the_terms(3)
    elsa.presses("Avdelningar").presses("Lägg till avdelning")
    elsa.fills(name="Växthus", reference_number="2200", cost_centre="22")
    elsa.presses("Lägg till avdelningen").sees("Växthus")

    elsa.presses("Resenärer").presses("Lägg till resenär")
    elsa.fills(personnummer=personnummer(40), given_name="Siv", surname="Åkerö",
               mobile="070-174 06 12", email="siv@visingso.example")
    elsa.selects("department", "Växthus").presses("Lägg till resenären").sees("Siv Åkerö")

    rows = "\n".join([
        "Personnummer;Förnamn;Efternamn;Mobil;Kreditgräns",
        f"{personnummer(41)};Abdul;أحمد;0701740613;500",
        f"{personnummer(42)};Berta;Öst;;", "19811218-9875;Fel;Siffra;;"])
    elsa.presses("Avdelningar")
    elsa.page.get_by_role("row", name="Växthus").get_by_role("link", name="Importera").click()
    elsa.page.set_input_files("[name=file]", {
        "name": "lista.csv", "mimeType": "text/csv", "buffer": rows.encode("utf-8-sig")})
    elsa.presses("Läs listan").presses("Granska listan")
    elsa.sees("Rad 4").sees("Personnumret stämmer inte")
    elsa.presses("Importera 2 resenärer").sees("Listan är importerad")

    theatre.work()
    assert "/resa/allpay" in theatre.sandbox.phones.texts("+46701740613")[0]
    with theatre.store.session() as db:
        person = people.with_personnummer(db, ELSA.personal_number)
        [post] = person.posts
        [room] = [each for each in departments.of_company(db, within=Scope(post.company_id))
                  if each.name == "Växthus"]
        found = db.scalars(select(Traveller).where(Traveller.department_id == room.id)
                           .order_by(Traveller.sort_name))
        assert [traveller.name for traveller in found] == ["Siv Åkerö", "Berta Öst", "Abdul أحمد"]
        assert with_number(db, "5560125790") is None
