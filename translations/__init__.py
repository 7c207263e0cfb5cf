"""Swedish is the language that texts are written in; the other languages are translations of them.

The catalogues are read as they are, so there is nothing to compile.
"""
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = {"sv": "Svenska", "en": "English"}
FOLDER = Path(__file__).parent


@cache
def catalogue(language: str) -> NullTranslations:
    """What the Swedish texts are in the language. Swedish itself, and an unknown one, changes
    nothing."""
    file = FOLDER / language / "messages.po"
    if language not in LANGUAGES or not file.exists():
        return NullTranslations()
    compiled = BytesIO()
    with file.open("rb") as source:
        write_mo(compiled, read_po(source, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)
