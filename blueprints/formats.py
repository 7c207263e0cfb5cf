"""How things are written in templates: the filters and names that every page may use."""
from datetime import date, datetime

from flask import Flask, g

from blueprints.language import _, language
from blueprints.web import now
from blueprints.words import word
from domain import card_numbers, identity, money, months, products
from translations import formats

LONG_AGO = 60
"""Days; what is older is told by its month."""


def place(valid: products.Trip) -> str:
    return products.place(valid, _)


def day(value: date | datetime, read: tuple[str, date] | None = None) -> str:
    """A list asks once for `reading`, and gives it with each row."""
    language, today = read or reading()
    return formats.day(value, language, today=today)


def moment(value: datetime) -> str:
    language, today = reading()
    return formats.moment(value, language, today=today)


def reading() -> tuple[str, date]:
    """In which language the page is read, and on which day."""
    if (found := g.get("reading")) is None:
        found = g.reading = language(), months.today(now())
    return found


def age(value: datetime) -> str:
    """Since when, as one says it."""
    _language, today = reading()
    days = (today - months.today(value)).days
    if days < 1:
        return _("sedan i dag")
    if days == 1:
        return _("sedan i går")
    if days < LONG_AGO:
        return _("sedan %(num)d dagar", num=days)
    return _("sedan %(month)s", month=month(months.Month.of(value)))


def month(value: months.Month | date) -> str:
    return formats.month(value, language())


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(
        kr=money.kr, age=age, today=months.today, day=day, moment=moment, month=month,
        clock=formats.clock, word=word, place=place, mobile=identity.show_mobile,
        masked=identity.mask_personnummer,
        card=card_numbers.show_card, card_end=card_numbers.mask_card,
        organisation_number=identity.show_organisation_number)
