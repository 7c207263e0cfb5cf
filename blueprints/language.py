"""The reader's language: chosen by them, else what their browser asks for, else Swedish."""
from collections import deque
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import islice

from flask import Flask, current_app, g, session
from htmx_flask import request
from jinja2 import Environment
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from domain.errors import DomainError
from domain.texts import Phrase, Term
from translations import LANGUAGES, catalogue, formats


def language() -> str:
    """Asked for with each text, and found once."""
    if (found := g.get("language")) is None:
        chosen = session.get("language")
        found = g.language = (chosen if chosen in LANGUAGES else
                              request.accept_languages.best_match(LANGUAGES, "sv"))
    return found


def choose(language: str) -> None:
    """From now on."""
    session["language"] = g.language = language


def _(text: str, **values: object) -> str:
    """The Swedish text in the reader's language."""
    translated = catalogue(language()).gettext(text)
    return translated % values if values else translated


def ngettext(one: str, many: str, count: int) -> str:
    return catalogue(language()).ngettext(one, many, count)


def sentence(error: DomainError) -> str:
    """What the domain said, in the reader's language."""
    return _(error.message, **{name: _written(value) for name, value in error.values.items()})


def _written(value: object) -> object:
    if isinstance(value, Phrase):
        return value.written(_)
    if isinstance(value, date):
        return formats.day(value, language())
    return _(value) if isinstance(value, Term) else value


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


CALLED = ["lparen", "string", "rparen"]


class WrittenIn(Extension):
    """Each language has its own templates, in which a plain `_("text")` is the text itself: it is
    translated as the template is compiled, and what has values in it as the page is drawn."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        words = catalogue(self.environment.language)
        tokens = deque(stream)
        while tokens:
            first = tokens.popleft()
            rest = list(islice(tokens, 3))
            if first.value == "_" and [each.type for each in rest] == CALLED:
                first = Token(first.lineno, "string", words.gettext(rest[1].value) % {})
                for _called in rest:
                    tokens.popleft()
            yield first


def templates() -> Environment:
    """Those of the reader's language."""
    return current_app.extensions["templates"](language())


def init_app(app: Flask) -> None:
    app.jinja_env.extend(language="sv")
    app.jinja_env.add_extension(WrittenIn)
    app.jinja_env.add_extension("jinja2.ext.i18n")

    @cache
    def written_in(language: str) -> Environment:
        if language == app.jinja_env.language:
            return app.jinja_env
        another = app.jinja_env.overlay(bytecode_cache=None)  # or the languages would be mixed
        another.language = language
        return another

    app.extensions["templates"] = written_in
    app.jinja_env.install_gettext_callables(
        lambda text: catalogue(language()).gettext(text), ngettext, newstyle=True)
