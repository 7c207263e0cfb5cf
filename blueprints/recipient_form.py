"""For whom: registered travellers, visitors, a list of them, or travel cards."""
from functools import cached_property
from uuid import UUID

from flask_wtf.file import FileField
from sqlalchemy import Select
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import StopValidation

from blueprints.fields import CHOOSE, CountField, ManyField, MobileField, TextField, ids
from blueprints.given_list import ListForm
from blueprints.language import _, lazy
from blueprints.trip_form import TripForm
from blueprints.web import actor, db, now, rules
from documents import recipient_list
from domain import departments, identity, order_checking, recipient_groups, traveller_lists
from domain import travellers as registered
from domain.order_checking import Line
from domain.ticket_orders import TicketOrder
from domain.traveller_searches import Search
from domain.travellers import Traveller

REGISTERED, VISITOR, LIST, CARD = "registered", "visitor", "list", "card"
FOUND = 8
"""How many travellers a search shows."""
VISITORS = 10
"""More of them come as a list."""
DEPARTMENT, GROUP = "avdelning", "grupp"


def _passed_over(_form, _field) -> None:
    raise StopValidation


def _whole() -> list[SelectChoice]:
    """A saved group or a department, all of it."""
    groups = [SelectChoice(f"{GROUP}:{group.id}", f"{group.name} ({count})",
                           optgroup=_("Alla i gruppen"))
              for group, count in recipient_groups.listed(db, by=actor())]
    rooms = [SelectChoice(f"{DEPARTMENT}:{each.id}", each.name, optgroup=_("Alla i avdelningen"))
             for each in departments.of_company(db, within=actor().scope)]
    return [SelectChoice("", _("Bara dem som är valda ovan")), *groups, *rooms]


class RecipientForm(ListForm, TripForm):
    to = RadioField(lazy("Vem ska ha biljetten?"), default=REGISTERED,
                    invalid_choice_message=CHOOSE, choices=lambda: [
                        SelectChoice(REGISTERED, _("Registrerade resenärer")),
                        SelectChoice(VISITOR, _("Besökare")),
                        SelectChoice(LIST, _("En lista")), SelectChoice(CARD, _("Resekort"))])
    search = StringField(lazy("Sök resenär"))
    traveller = ManyField(lazy("Resenärer"), choices=[])
    whole = SelectField(lazy("Eller alla i"), default="", invalid_choice_message=CHOOSE,
                        choices=_whole)
    name = TextField(lazy("Namn"))
    mobile = MobileField(lazy("Mobilnummer"))
    visitors = CountField("", default="1")
    language = SelectField(lazy("Språk i sms:et"), default="sv", invalid_choice_message=CHOOSE,
                           choices=[SelectChoice("sv", "Svenska"), SelectChoice("en", "English")])
    rows = TextAreaField(lazy("Klistra in namn och mobilnummer"), description=lazy(
        "En rad för varje mottagare: Anna Ek; 070-174 06 05"))
    file = FileField(lazy("Eller välj en fil"), description=lazy(
        "CSV, Excel (.xlsx) eller OpenDocument (.ods) med namn och mobilnummer."))
    cards = TextAreaField(lazy("Resekortens nummer"), description=lazy("Ett på varje rad."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.chosen = [registered.find(db, each, within=actor().scope)
                       for each in ids(self.traveller.data or [])]
        found = traveller_lists.listed(db, Search(self.search.data or ""), within=actor().scope,
                                       now=now(), most=FOUND)
        self.more = found.after is not None
        shown = found.rows if self.search.data or not self.more else []
        known = {each.id for each in self.chosen}
        self.found = self.chosen + [each for each in shown if each.id not in known]
        self.traveller.choices = [SelectChoice(str(each.id), each.name) for each in self.found]
        self.lines: list[Line] = []
        for number, fields in enumerate(self._more_visitors, start=2):
            for field, word in zip(fields, (_("Namn"), _("Mobilnummer")), strict=True):
                field.label.text = f"{word} {number}"

    def validate(self, extra_validators=None) -> bool:
        """Of the kinds of recipients, only the one that is chosen has to be right."""
        self._pass_over()
        valid = super().validate(extra_validators)
        check = {REGISTERED: self._check_travellers, LIST: self._read_list,
                 CARD: self._check_cards}.get(self.to.data)
        return (check is None or check()) and valid

    def _pass_over(self) -> None:
        for number, fields in enumerate([(self.name, self.mobile), *self._more_visitors]):
            typed = any(field.data for field in fields)
            for field in fields:
                if self.to.data != VISITOR or (number and not typed):
                    field.validators = [_passed_over]

    def _check_travellers(self) -> bool:
        if self.traveller.data or self.whole.data:
            return True
        field = self.traveller if self.found else self.search
        field.errors = [_("Sök efter resenären och välj i listan.")]
        return False

    def _read_list(self) -> bool:
        found = self.read_list(recipient_list.read, most=rules().order_recipients_max)
        self.lines = found or []
        return found is not None

    def _check_cards(self) -> bool:
        if not recipient_list.card_numbers(self.cards.data or ""):
            self.cards.errors = [_("Skriv numret på minst ett kort.")]
        return not self.cards.errors

    def put_recipients(self, order: TicketOrder) -> None:
        if self.to.data == REGISTERED:
            order_checking.put_travellers(db, order, self._asked)
        elif self.to.data == CARD:
            order_checking.put_cards(db, order, recipient_list.card_numbers(self.cards.data))
        else:
            lines = self.lines if self.to.data == LIST else self._visitors
            order_checking.put_visitors(db, order, [
                Line(each.number, each.name, each.mobile, each.language or self.language.data)
                for each in lines])

    @property
    def _asked(self) -> Select[tuple[UUID]]:
        kind, _colon, chosen = (self.whole.data or "").partition(":")
        whole = next(iter(ids([chosen])), None)
        return order_checking.chosen_travellers(
            [each.id for each in self.chosen], department_id=whole if kind == DEPARTMENT else None,
            group_id=whole if kind == GROUP else None)

    @property
    def _visitors(self) -> list[Line]:
        return [Line(number, name.data, mobile.data)
                for number, (name, mobile) in enumerate(self.visitor_rows, start=1)
                if name.data or mobile.data]

    @property
    def _more_visitors(self) -> list[tuple[TextField, MobileField]]:
        return [(self[f"name{number}"], self[f"mobile{number}"])
                for number in range(2, VISITORS + 1)]

    @property
    def visitor_rows(self) -> list[tuple[TextField, MobileField]]:
        """As many as are filled in, or asked for."""
        rows = [(self.name, self.mobile), *self._more_visitors]
        filled = [number for number, fields in enumerate(rows, start=1)
                  if any(field.data for field in fields)]
        return rows[:max([1, min(self.visitors.number, VISITORS), *filled])]

    def add_visitor(self) -> None:
        self.visitors.data = str(len(self.visitor_rows) + 1)

    @cached_property
    def count(self) -> int | None:
        """How many the recipients are; None until a list has been read."""
        if self.to.data == REGISTERED and self.whole.data:
            return order_checking.count_travellers(db, self._asked, within=actor().scope)
        if self.to.data in (LIST, CARD):
            return None
        return max(1, len(self.chosen if self.to.data == REGISTERED else self._visitors))

    @property
    def is_one(self) -> bool:
        return self.count == 1 and not (self.to.data == REGISTERED and self.whole.data)

    @property
    def mobiles(self) -> dict[str, str]:
        return {str(each.id): identity.show_mobile(each.mobile) if each.mobile
                else _("saknar mobilnummer") for each in self.found}

    @property
    def may_add_visitor(self) -> bool:
        return len(self.visitor_rows) < VISITORS

    @property
    def travellers(self) -> list[Traveller]:
        """Those that are ticked, where travellers are asked for."""
        return self.chosen if self.to.data == REGISTERED else []


for number in range(2, VISITORS + 1):
    setattr(RecipientForm, f"name{number}", TextField(""))
    setattr(RecipientForm, f"mobile{number}", MobileField(""))
