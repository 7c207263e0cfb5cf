import pytest
from sqlalchemy import text

from running import log


@pytest.fixture(autouse=True)
def environment(monkeypatch, settings):
    for name, value in settings.items():
        monkeypatch.setenv(name, value)


def test_a_log_that_is_whole_is_proved_with_the_last_hash_of_each_chain(make, db, capsys):
    make.traveller(make.company("Bolaget AB"))
    assert log.verify() == 0
    [line] = capsys.readouterr().out.splitlines()
    assert line.startswith("whole   Bolaget AB: 2 events, the last ")
    assert len(line.split()[-1]) == 64


def test_a_log_that_is_broken_is_told_with_the_event(make, db, capsys):
    make.traveller(make.company("Bolaget AB"))
    db.execute(text("UPDATE event_chains SET length = 9"))
    db.commit()
    assert log.verify() == 1
    assert capsys.readouterr().out == "BROKEN  Bolaget AB: event 3 is not as it was written\n"
