"""Marks a Swedish text that the web translates when it shows it; compares texts as people do."""
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Callable


def sv(text: str) -> str:
    return text


class Term(str):
    """Such a text as a word in a sentence, to be translated with it."""


class Phrase(ABC):
    """Words put together from such texts, each to be translated."""

    @abstractmethod
    def written(self, translate: Callable[[str], str] = str) -> str: ...

    def __str__(self) -> str:
        return self.written()


JOINERS = str.maketrans("", "", "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}")


def unjoined(text: str) -> str:
    """Without what nobody sees but Persian and Indic names are written with."""
    return text.translate(JOINERS)


def plain(text: str) -> str:
    """The letters and digits alone, without case and accents: "24-timmars" is 24timmars, and
    "Gränna" is granna."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in apart if each.isalnum())
