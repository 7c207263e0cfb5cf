"""The course of a month, from the purchases to the money, as the stops of a line."""
from datetime import datetime

from blueprints.formats import day
from blueprints.language import _, ngettext
from domain.invoice_standings import State
from domain.month_courses import Course

Stop = tuple[str, datetime | str | None, str | None]


def of(course: Course) -> list[Stop]:
    stops = [_purchases(course), _checked(course), _specification(course)]
    if course.report and not course.invoices:
        return stops
    return [*stops, _invoice(course), _sent(course), _paid(course)]


def _purchases(course: Course) -> Stop:
    if course.ended:
        return _("Köpen är inne"), day(course.month.last_day), "past"
    return _("Köpen kommer in"), _("till och med %(day)s", day=day(course.month.last_day)), "now"


def _checked(course: Course) -> Stop:
    checked = course.checked
    if checked.last:
        return _("Granskade"), checked.last.checked_at, "past"
    some = ngettext("en avdelning", "%(num)d avdelningar", checked.departments) % {
        "num": checked.departments} if checked.departments else None
    if course.report:
        return _("Inte granskade"), some, None
    return _("Granskas"), some, "coming"


def _specification(course: Course) -> Stop:
    if course.report:
        return _("Specifikation"), course.report.made_at, "past"
    when = _("natten till %(day)s", day=day(course.month.next.first_day))
    return _("Specifikation"), None if course.ended else when, "now" if course.ended else "coming"


def _invoice(course: Course) -> Stop:
    if not course.report:
        return _("Faktura"), None, "coming"
    many = len(course.invoices)
    return ngettext("Faktura", "%(num)d fakturor", many) % {"num": many}, \
        course.report.invoiced_at, "past"


def _sent(course: Course) -> Stop:
    found = list(course.standings.values())
    if any(each.stopped_at for each in found):
        return _("Kom inte fram"), None, "failed"
    sent = [each.sent_at for each in found if each.sent_at or not each.left_ore]
    if found and len(sent) == len(found):
        return _("Skickad"), max(filter(None, sent), default=None), "past"
    part = _("%(some)s av %(all)s", some=len(sent), all=len(found)) if sent else None
    return _("Skickas"), part, "now" if found else "coming"


def _paid(course: Course) -> Stop:
    found = course.charged
    if any(each.state == State.OVERDUE for each in found):
        return _("Obetald"), None, "failed"
    if found and not any(each.left_ore > 0 for each in found):
        return _("Betald"), max(filter(None, (each.settled_at for each in found)),
                                default=None), "past"
    due = min((each.due_on for each, _part in course.invoices if not each.is_credit),
              default=None)
    sent = found and all(each.sent_at for each in found)
    return _("Betalas"), due and _("senast %(day)s", day=day(due)), "now" if sent else "coming"
