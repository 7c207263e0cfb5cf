"""All that is known of a customer: as a page to read, and as a file to take along."""
import json
from datetime import date, datetime
from enum import Enum

from flask import Blueprint, Response

from blueprints import customer_events, formats, own_words
from blueprints.guard import needs
from blueprints.language import _
from blueprints.web import actor, db, now, page
from domain import customers, own_data
from domain.access import Right
from domain.money import kr
from domain.own_data import Section

bp = Blueprint("own_data", __name__, url_prefix="/mina-sidor/mina-uppgifter")

SHOWN = 10
"""Of each kind on the page; the file has them all."""


@bp.get("/")
@needs(Right.KEEP_ACCOUNT)
def index():
    customer = customers.find(db, actor().customer_id)
    return page("own_data/index.html", shown=SHOWN, words=own_words, told=told,
                sections=[*map(_as_read, own_data.gathered(db, customer, now=now()))])


def _as_read(section: Section) -> Section:
    """What has happened is told in sentences."""
    if section.key != "events":
        return section
    return Section(section.key, [
        {"at": row["at"], "act": customer_events.said(row["act"], row["details"]),
         "by": row["by"]} for row in section.rows])


@bp.get("/mina-uppgifter.json")
@needs(Right.KEEP_ACCOUNT)
def file():
    customer = customers.find(db, actor().customer_id)
    known = {section.key: section.rows
             for section in own_data.gathered(db, customer, now=now())}
    return Response(
        json.dumps({"gathered_at": now(), **known}, default=_plain, ensure_ascii=False, indent=2),
        mimetype="application/json", headers={
            "Content-Disposition": "attachment; filename=mina-uppgifter.json",
            "Cache-Control": "no-store"})


def _plain(value: date | datetime) -> str:
    return value.isoformat()


def told(name: str, value) -> str:
    """A value as the page says it."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("Ja") if value else _("Nej")
    if name.endswith("_ore"):
        return kr(value)
    if isinstance(value, Enum):
        return own_words.value(value)
    if isinstance(value, datetime):
        return formats.moment(value)
    if isinstance(value, date):
        return formats.day(value)
    if isinstance(value, list):
        return " · ".join(told_line(each) for each in value)
    return own_words.text(name, value)


def told_line(row: dict) -> str:
    """A row in a row: what is there of it."""
    return ", ".join(told(name, value) for name, value in row.items() if value not in (None, "", 0))
