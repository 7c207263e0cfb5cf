"""The reader's language: chosen by them, else what their browser asks for, else Swedish."""
from flask import Flask, g, session
from htmx_flask import request

from domain.errors import DomainError
from domain.texts import Term
from translations import LANGUAGES, catalogue


def language() -> str:
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return chosen
    if "preferred" not in g:
        g.preferred = request.accept_languages.best_match(LANGUAGES, "sv")
    return g.preferred


def _(text: str, **values: object) -> str:
    """The Swedish text in the reader's language."""
    translated = catalogue(language()).gettext(text)
    return translated % values if values else translated


def ngettext(one: str, many: str, count: int) -> str:
    return catalogue(language()).ngettext(one, many, count)


def sentence(error: DomainError) -> str:
    """What the domain said, in the reader's language."""
    return _(error.message, **{name: _(value) if isinstance(value, Term) else value
                               for name, value in error.values.items()})


class lazy:
    """A text that is translated each time it is shown, for what is written once at import."""

    def __init__(self, text: str):
        self._text = text

    def __str__(self) -> str:
        return _(self._text)

    def __mod__(self, values: object) -> str:
        return str(self) % values

    def __html__(self) -> str:
        from markupsafe import escape
        return escape(str(self))


def init_app(app: Flask) -> None:
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(
        lambda text: catalogue(language()).gettext(text), ngettext, newstyle=True)
