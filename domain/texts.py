"""Marks a Swedish text that the web translates when it shows it; compares texts as people do."""
import unicodedata


def sv(text: str) -> str:
    return text


class Term(str):
    """Such a text as a word in a sentence, to be translated with it."""


def plain(text: str) -> str:
    """The letters and digits alone, without case and accents: "24-timmars" is 24timmars, and
    "Gränna" is granna."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in apart if each.isalnum())
