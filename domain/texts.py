"""Marks a Swedish text that the web translates when it shows it."""


def sv(text: str) -> str:
    return text


class Term(str):
    """Such a text as a word in a sentence, to be translated with it."""
