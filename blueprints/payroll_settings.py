"""How the company's payroll program wants its file."""
from flask import Blueprint, url_for
from wtforms import BooleanField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice

from blueprints.fields import CHOOSE, PlainSelect, TextField
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.payroll_sample import sample
from blueprints.web import Form, actor, answer, db, now, transaction
from blueprints.words import word
from domain import payroll_settings
from domain.access import Right
from domain.payroll_settings import (
    MOST_CELLS,
    Cell,
    Days,
    Decimal,
    Details,
    Encoding,
    Format,
    Identity,
    Separator,
    Sign,
)

bp = Blueprint("payroll_settings", __name__, url_prefix="/foretag/loneavdrag/installningar")

PLACES = range(1, MOST_CELLS + 1)


def _one(label, words: dict, **kwargs) -> RadioField:
    return RadioField(label, invalid_choice_message=CHOOSE, choices=lambda: [
        SelectChoice(each, str(said)) for each, said in words.items()], **kwargs)


class PayrollForm(Form):
    format = RadioField(lazy("Lönefilen är"), invalid_choice_message=CHOOSE, choices=lambda: [
        SelectChoice(each, word(each)) for each in Format])
    identity = _one(lazy("Lönesystemet känner igen den anställda på"), {
        Identity.EMPLOYEE_NUMBER: lazy("anställningsnumret"),
        Identity.PERSONNUMMER: lazy("personnumret")})
    net_code = TextField(lazy("Löneart för nettolöneavdrag"), most=20, needed=False)
    gross_code = TextField(lazy("Löneart för bruttolöneavdrag"), most=20, needed=False)
    benefit_code = TextField(lazy("Löneart för förmånens värde"), most=20, needed=False)
    sign = _one(lazy("Ett avdrag skrivs"), {
        Sign.MINUS: lazy("med minus, -500,00"), Sign.PLUS: lazy("utan minus, 500,00")})
    cost_centres = BooleanField(lazy("Skriv avdelningens kostnadsställe på varje rad"))
    header = BooleanField(lazy("Första raden har rubriker"))
    separator = _one(lazy("Mellan kolumnerna"), {
        Separator.SEMICOLON: lazy("semikolon"), Separator.COMMA: lazy("komma"),
        Separator.TAB: lazy("tabb")})
    decimal = _one(lazy("Decimaler"), {
        Decimal.COMMA: lazy("komma, 500,00"), Decimal.POINT: lazy("punkt, 500.00")})
    days = _one(lazy("Datum"), {Days.DASHED: lazy("2026-12-31"), Days.PLAIN: lazy("20261231")})
    encoding = _one(lazy("Teckenkodning"), {
        Encoding.UTF_8_BOM: lazy("UTF-8 med markering, som Excel vill ha"),
        Encoding.UTF_8: lazy("UTF-8"), Encoding.WINDOWS: lazy("Windows (ANSI)")})

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for place, cell in enumerate(self.cells, start=1):
            cell.label.text = _("Kolumn %(number)s", number=place)

    @property
    def cells(self) -> list[SelectField]:
        return [self[f"cell_{place}"] for place in PLACES]

    def details(self) -> Details:
        chosen = (cell.data for cell in self.cells)
        return Details(
            format=Format(self.format.data), identity=Identity(self.identity.data),
            net_code=self.net_code.value, gross_code=self.gross_code.value,
            benefit_code=self.benefit_code.value, sign=Sign(self.sign.data),
            cost_centres=self.cost_centres.data, header=self.header.data,
            cells=tuple(Cell(each) for each in chosen if each),
            separator=Separator(self.separator.data), decimal=Decimal(self.decimal.data),
            encoding=Encoding(self.encoding.data), days=Days(self.days.data))


for _place in PLACES:
    setattr(PayrollForm, f"cell_{_place}", SelectField(
        widget=PlainSelect(), invalid_choice_message=CHOOSE, choices=lambda: [
            SelectChoice("", "–"), *(SelectChoice(each, word(each)) for each in Cell)]))


@bp.route("/", methods=["GET", "POST"])
@needs(Right.MANAGE_COMPANY)
def edit():
    company_id = actor().company_id
    saved = payroll_settings.of_company(db, company_id)
    cells = {f"cell_{place}": cell for place, cell in enumerate(saved.cells, start=1)}
    form = PayrollForm(data=vars(saved) | cells)
    if form.validate_on_submit():
        with transaction(form):
            payroll_settings.change(db, company_id, form.details(), by=actor(), now=now())
            form.then(url_for(".edit"), _("Ändringarna är sparade. Så här ser filen ut nu."))
    return answer(form, "payroll/settings.html", sample=sample(saved))
