"""Form fields that read what a person types, as the domain reads it, and say no in Swedish."""
import re
from collections.abc import Callable, Iterable
from datetime import date, time
from functools import lru_cache
from uuid import UUID

from markupsafe import Markup, escape
from wtforms import DateField, Field, SelectField, SelectMultipleField, StringField
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    Optional,
    StopValidation,
    ValidationError,
)
from wtforms.widgets import CheckboxInput, ListWidget, RadioInput, SearchInput

from blueprints.language import _, lazy, sentence
from blueprints.web import rules
from domain import card_numbers, identity, money, peppol
from domain.errors import Invalid

MISSING = lazy("Fyll i det här.")
CHOOSE = lazy("Välj ett av alternativen.")
TOO_LONG = lazy("Det är för långt.")


def required(message: lazy = MISSING) -> InputRequired:
    return InputRequired(message)


def ids(texts: Iterable[str | None]) -> list[UUID]:
    """Of those in an address or a form, the ones that are any."""
    found = []
    for text in texts:
        try:
            found.append(UUID(text or ""))
        except ValueError:
            continue
    return found


def attributes(**given: object) -> str:
    """As WTForms writes them, in a fifth of the time."""
    return " ".join(name if value is True else f'{name}="{escape(value)}"'
                    for name, value in sorted(given.items()) if value is not False)


class PlainSearch(SearchInput):
    html_params = staticmethod(attributes)


class PlainRadio(RadioInput):
    html_params = staticmethod(attributes)


class PlainSelect:
    """Drawn as by WTForms, in a tenth of the time: a company may have hundreds of departments."""

    validation_attrs = ("required", "disabled")

    def __call__(self, field: SelectField, **more) -> Markup:
        options = _options(tuple((choice.value, choice.label) for choice in field.choices),
                           field.data)
        return Markup(  # noqa: S704
            f"<select {attributes(id=field.id, name=field.name, **more)}>{options}</select>")


@lru_cache(maxsize=500)
def _options(choices: tuple[tuple[str, str], ...], chosen: str | None) -> str:
    """Drawn once for all who have the same to choose among."""
    return "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>'
        f"{escape(label)}</option>" for value, label in choices)


class ParsedField(StringField):
    """A text that is parsed when it is checked: `data` is what was typed until it has passed, and
    `value` is what it means, or None when it is empty."""

    parse: Callable[[str], object]

    def __init__(self, label, *, needed: bool = True, **kwargs):
        super().__init__(label, [DataRequired(MISSING) if needed else Optional()],
                         filters=[lambda text: text.strip() if text else text], **kwargs)
        self.value = None

    def post_validate(self, form, validation_stopped: bool) -> None:
        if validation_stopped or not self.data:
            return
        try:
            self.value = type(self).parse(self.data)
        except Invalid as refusal:
            raise ValidationError(sentence(refusal)) from refusal


class PersonnummerField(ParsedField):
    parse = staticmethod(identity.parse_personnummer)


class OrganisationNumberField(ParsedField):
    parse = staticmethod(identity.parse_organisation_number)


class MobileField(ParsedField):
    parse = staticmethod(identity.parse_mobile)


class CardField(ParsedField):
    """The number on a travel card: `value` is its digits."""

    @staticmethod
    def parse(text: str) -> str:
        return card_numbers.parse_card(text, rules())


class EmailField(ParsedField):
    parse = staticmethod(identity.parse_email)


class PostcodeField(ParsedField):
    parse = staticmethod(identity.parse_postcode)


class PeppolField(ParsedField):
    parse = staticmethod(peppol.parse_peppol_id)


class KronorField(ParsedField):
    """`value` is öre."""

    parse = staticmethod(money.parse_kronor)


class TextField(ParsedField):
    """A line of text. `most` characters, none of them a control character."""

    def __init__(self, label, *, most: int = 100, **kwargs):
        super().__init__(label, **kwargs)
        self.validators = [*self.validators, Length(max=most, message=TOO_LONG)]

    @staticmethod
    def parse(text: str) -> str:
        if any(ord(character) < 32 and character not in "\r\n\t" for character in text):
            raise Invalid("Det finns tecken här som inte går att spara.")
        return text


class ManyField(SelectMultipleField):
    """A box to tick for each choice."""

    widget, option_widget = ListWidget(prefix_label=False), CheckboxInput()

    def __init__(self, label, **kwargs):
        super().__init__(label, **kwargs)

    def pre_validate(self, form) -> None:
        if not set(self.data or ()) <= {choice.value for choice in self.iter_choices()}:
            raise ValidationError(str(CHOOSE))


class BoxesField(ManyField):
    """Where nothing has been said, all of them are ticked."""

    def process_data(self, value) -> None:
        super().process_data([each.value for each in self.choices] if value is None else value)

    @property
    def chosen(self) -> tuple | None:
        """The values; None when it is all of them."""
        return None if len(self.data) == len(self.choices) else tuple(self.data)


class DayField(DateField):
    """A date, and a Swedish sentence when it is none."""

    def __init__(self, label, *, needed: bool = True, **kwargs):
        super().__init__(label, [required() if needed else Optional()], **kwargs)

    def process_formdata(self, valuelist) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not text:
            return
        try:
            self.data = date.fromisoformat(text)
        except ValueError as wrong:
            raise ValueError(_("Skriv datumet så här: 2026-11-20.")) from wrong


class ClockField(ParsedField):
    """A time of day."""

    @staticmethod
    def parse(text: str) -> time:
        typed = re.fullmatch(r"(\d{1,2})(?:[.:]?([0-5]\d))?", text, re.ASCII)
        if typed is None or int(typed[1]) > 23:
            raise Invalid("Skriv klockslaget så här: 07:30.")
        return time(int(typed[1]), int(typed[2] or 0))


class CountField(ParsedField):
    """A whole number. `number` is it, or 1 where that cannot be read."""

    @staticmethod
    def parse(text: str) -> int:
        if not re.fullmatch(r"\d{1,6}", text, re.ASCII):
            raise Invalid("Skriv antalet med siffror.")
        return int(text)

    @property
    def number(self) -> int:
        try:
            return self.parse(self.data or "1")
        except Invalid:
            return 1


def ticked(message: lazy) -> Callable[[object, Field], None]:
    """A box that has to be ticked."""
    def check(_form, field: Field) -> None:
        if not field.data:
            raise StopValidation(str(message))
    return check
