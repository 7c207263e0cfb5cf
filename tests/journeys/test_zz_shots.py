import re, sys
from pathlib import Path
sys.path.insert(0,'/work/main')
from sandbox.personas import KARIN
from tests.factories import personnummer
from playwright.sync_api import expect
H="Pers.nr;Förnamn;Efternamn;E-post;Mobiltelefon;Kreditgräns;Avd;Favoritfärg\r\n"
def shots(person, name):
    for w in (1280,360):
        person.page.set_viewport_size({"width":w,"height":900}); person.page.screenshot(path=f"/tmp/shots/{name}-{w}.png",full_page=True)
    person.page.set_viewport_size({"width":1280,"height":900})
def test_shots(theatre, tmp_path):
    Path('/tmp/shots').mkdir(exist_ok=True)
    import atexit
    k=theatre.at_a_desk().signs_in_as(KARIN).opens("/foretag/importer/ny")
    shots(k,'1-new')
    rows=[f"{personnummer(27000+i)[:11 if i<3 else 12]};Resenär{i};{'Andersson' if i!=5 else 'Öhman'};r{i}@x.example;{'12' if i==1 else f'070-174 06 {i:02}'};{'99999' if i==1 else '500'};{'Verkstad' if i%2 else 'Finns ej' if i==2 else ''};blå\r\n" for i in range(30)]
    with theatre.store.session() as s:
        from sqlalchemy import select
        from domain.travellers import Traveller
        for t in s.scalars(select(Traveller).where(Traveller.company_id.is_not(None)).limit(400)):
            pass
    k.selects("department","Verkstad").fills(rows=H+"".join(rows)).presses("Läs listan"); k.sees("Kolumnerna")
    shots(k,'2-columns'); k.presses("Granska listan").sees("Importera 27"); shots(k,'3-check')
    k.opens(k.page.url+"?visa=nya"); shots(k,'4-new'); k.opens(k.page.url.split('?')[0]+"?visa=saknas"); shots(k,'5-missing')
    k.opens(k.page.url.split('?')[0]+"?visa=obs"); shots(k,'6-notes')
    k.presses("Importera 27").sees("Listan är"); shots(k,'7-result')
    k.page.once("dialog", lambda a:a.accept()); k.presses("Ångra importen").sees("Importen är"); shots(k,'8-undone'); k.opens("/foretag/importer/ny"); shots(k,'9-list')
    print("STRANGE", k.strange); k.strange.clear()
