"""The words of e-mails and text messages, from `templates/emails` and `templates/sms`."""
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from domain import money
from domain.months import Month
from domain.products import NAMES, Product
from jobs import Portal
from translations import catalogue, formats

TEMPLATES = Path(__file__).parent.parent / "templates"


@dataclass(frozen=True)
class Letter:
    subject: str
    text: str
    html: str


def sms(portal: Portal, template: str, language: str, values: dict) -> str:
    return _render(portal, language, f"sms/{template}.txt", values)


def email(portal: Portal, template: str, language: str, values: dict) -> Letter:
    parts = (_render(portal, language, f"emails/{template}/{part}", values)
             for part in ("subject.txt", "body.txt", "body.html"))
    return Letter(*parts)


def _render(portal: Portal, language: str, name: str, values: dict) -> str:
    about = {"base_url": portal.base_url, "brand_name": portal.brand_name,
             "brand_phone": portal.brand_phone, "brand_email": portal.brand_email}
    return environment(language).get_template(name).render(**about, **values).strip()


@cache
def environment(language: str) -> Environment:
    words = catalogue(language)
    env = Environment(
        loader=FileSystemLoader(TEMPLATES), extensions=["jinja2.ext.i18n"],
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        autoescape=select_autoescape(["html"]))
    env.install_gettext_translations(words, newstyle=True)
    env.globals["language"] = language
    env.filters.update(
        kr=money.kr,
        product=lambda value: words.gettext(NAMES[Product(value)]),
        day=lambda value: formats.day(date.fromisoformat(value), language),
        month=lambda value: formats.month(Month(*map(int, value.split("-"))), language))
    return env
