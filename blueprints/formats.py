"""How things are written in templates: the filters and names that every page may use."""
from datetime import date, datetime

from flask import Flask

from blueprints.language import _, language
from blueprints.web import now
from domain import (
    business_travel,
    identity,
    messages,
    money,
    months,
    offers,
    products,
    services,
    tickets,
)
from domain.texts import sv
from translations import formats

WORDS: dict[type, dict] = {
    products.Product: products.NAMES,
    products.Extent: products.EXTENT_NAMES,
    products.Area: products.AREA_NAMES,
    services.Service: services.SERVICE_NAMES,
    tickets.State: {
        tickets.State.UNACTIVATED: sv("Inte aktiverad"), tickets.State.ACTIVE: sv("Aktiv"),
        tickets.State.RESTING: sv("Vilar"), tickets.State.EXPIRED: sv("Förbrukad")},
    messages.State: {
        messages.State.WAITING: sv("Väntar"), messages.State.SENDING: sv("Skickas"),
        messages.State.SENT: sv("Skickat"), messages.State.DELIVERED: sv("Levererat"),
        messages.State.FAILED: sv("Kom inte fram"),
        messages.State.CANCELLED: sv("Inte skickat")},
    business_travel.State: {
        business_travel.State.CODE_WAITING: sv("Koden skickas"),
        business_travel.State.CODE_SENT: sv("Kod skickad"),
        business_travel.State.CODE_FAILED: sv("Koden kom inte fram"),
        business_travel.State.CODE_EXPIRED: sv("Koden har gått ut"),
        business_travel.State.CODE_LOCKED: sv("Koden är låst"),
        business_travel.State.REGISTERED: sv("Registrerad")},
    offers.State: {
        offers.State.WAITING: sv("Väntar på beslut"), offers.State.APPROVED: sv("Beviljad"),
        offers.State.DECLINED: sv("Avslagen"), offers.State.WITHDRAWN: sv("Återtagen")},
}


def word(value) -> str:
    """The name of a product, a state or another fixed value, in the reader's language."""
    return _(WORDS[type(value)][value])


def place(valid: products.Trip) -> str:
    return products.place(valid, _)


def day(value: date | datetime) -> str:
    return formats.day(value, language(), today=months.today(now()))


def moment(value: datetime) -> str:
    return formats.moment(value, language(), today=months.today(now()))


def month(value: months.Month | date) -> str:
    return formats.month(value, language())


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(
        kr=money.kr, day=day, moment=moment, month=month, clock=formats.clock, word=word,
        place=place, mobile=identity.show_mobile, masked=identity.mask_personnummer,
        organisation_number=identity.show_organisation_number)
