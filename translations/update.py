"""`python -m translations.update`: brings the catalogues up to date with the texts in the code.

A new text is added with no translation, for a person to write; one that is gone is dropped.
"""
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from translations import FOLDER, LANGUAGES

ROOT = FOLDER.parent
SOURCES = [("app.py", "python")] + [
    (f"{folder}/**.py", "python")
    for folder in ("blueprints", "documents", "domain", "integrations", "jobs")
] + [("templates/**.html", "jinja2"), ("templates/**.txt", "jinja2")]
KEYWORDS = {
    "_": None, "gettext": None, "ngettext": (1, 2), "lazy": None, "sv": None,
    **dict.fromkeys(("DomainError", "NotFound", "NotAllowed", "Conflict", "TooMany", "Invalid",
                     "FileProblem")),  # a sentence of the domain's is a text of its own
}


def texts() -> Iterator[tuple[str, int, str | tuple[str, ...]]]:
    """Every text in the code: its file, line and the Swedish words."""
    for file, line, text, _comments, _context in extract_from_dir(
            ROOT, SOURCES, keywords=KEYWORDS, directory_filter=_ours):
        yield Path(file).as_posix(), line, text


def _ours(folder: str) -> bool:
    return not re.search(r"/(\.\w|var\b|tests\b|sandbox\b|__pycache__)", folder)


def update(language: str) -> None:
    file = FOLDER / language / "messages.po"
    known = {}
    if file.exists():
        with file.open("rb") as source:
            known = {message.id: message.string for message in read_po(source, locale=language)}
    catalogue = Catalog(locale=language)
    for name, _line, text in sorted(texts(), key=lambda found: found[:2]):
        catalogue.add(text, string=known.get(text), locations=[(name, None)])
    with file.open("wb") as target:
        write_po(target, catalogue, width=100, omit_header=True, include_lineno=False)


if __name__ == "__main__":
    for language in LANGUAGES:
        if language != "sv":
            update(language)
