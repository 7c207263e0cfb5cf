"""Form fields that read what a person types, as the domain reads it, and say no in Swedish."""
from collections.abc import Callable
from datetime import date

from wtforms import DateField, Field, StringField
from wtforms.validators import (
    DataRequired,
    InputRequired,
    Length,
    Optional,
    StopValidation,
    ValidationError,
)

from blueprints.language import _, lazy, sentence
from domain import identity, money
from domain.errors import Invalid

MISSING = lazy("Fyll i det här.")
CHOOSE = lazy("Välj ett av alternativen.")
TOO_LONG = lazy("Det är för långt.")


def required(message: lazy = MISSING) -> InputRequired:
    return InputRequired(message)


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


class EmailField(ParsedField):
    parse = staticmethod(identity.parse_email)


class PostcodeField(ParsedField):
    parse = staticmethod(identity.parse_postcode)


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


def ticked(message: lazy) -> Callable[[object, Field], None]:
    """A box that has to be ticked."""
    def check(_form, field: Field) -> None:
        if not field.data:
            raise StopValidation(str(message))
    return check
