import pytest

from documents import typesetting
from documents.typesetting import Typesetter

RECEIPT = {"title": "Kvitto", "authority": "A", "authority_facts": "B", "facts": [],
           "amounts": [["Summa", "1 kr"]], "note": "", "page": "1", "language": "sv"}


def test_one_process_sets_many_until_it_has_set_much(monkeypatch):
    with Typesetter() as typesetter:
        first = typesetter.set("receipt.typ", RECEIPT)
        process = typesetter._process
        assert typesetter.set("receipt.typ", RECEIPT) == first
        assert typesetter._process is process

        monkeypatch.setattr(typesetting, "MUCH", 10)
        assert typesetter.set("receipt.typ", RECEIPT) == first
        assert typesetter._process is not process
    assert process.returncode == 0


def test_what_cannot_be_set_is_told_and_the_next_one_is_set(capfd):
    with Typesetter() as typesetter:
        with pytest.raises(ValueError, match=r"receipt\.typ could not be set"):
            typesetter.set("receipt.typ", {})
        assert typesetter.set("receipt.typ", RECEIPT).startswith(b"%PDF")


def test_one_that_is_stuck_is_stopped(monkeypatch):
    monkeypatch.setattr(typesetting, "MOST_SECONDS", 0)
    with Typesetter() as typesetter, pytest.raises(ValueError, match="could not be set"):
        typesetter.set("receipt.typ", RECEIPT)
