"""What every act of the customer centre asks for: the reason, and perhaps what they were shown."""
from collections.abc import Callable
from uuid import UUID

from flask import url_for
from flask_wtf.file import FileField
from wtforms import ValidationError
from wtforms.validators import Optional
from wtforms.widgets import TextArea

from blueprints.fields import TextField
from blueprints.language import lazy, sentence
from blueprints.web import Form, actor, answer, db, now, transaction
from domain import customer_service, service_acts, service_documents
from domain.customers import Customer
from domain.errors import Invalid
from domain.service_acts import Why
from domain.service_documents import Given


class ActForm(Form):
    """An act has its own fields before these."""

    reason = TextField(lazy("Skäl"), most=service_acts.MOST, widget=TextArea())
    document = FileField(lazy("Dokument"), [Optional()], description=lazy(
        "Intyg eller kvitto som PDF, JPEG eller PNG. Bara handläggare kan öppna det, och det "
        "glöms efter ett år."))
    given: Given | None = None

    def validate_document(self, field) -> None:
        if not field.data:
            return
        try:
            self.given = service_documents.read(db, field.data.read())
        except Invalid as refusal:
            raise ValidationError(sentence(refusal)) from refusal

    @property
    def why(self) -> Why:
        return Why(self.reason.value, self.given)

    @property
    def own(self) -> list:
        """Its own fields, which stand first."""
        return [field for field in self if getattr(field.widget, "input_type", "") != "hidden"
                and field.short_name not in ("reason", "document")]


def act(customer_id: UUID, form: ActForm, do: Callable[[Customer], None], said: str, *,
        title: str, label: str, text: str = "", kind: str = "primary", **context):
    """The page of an act, or what follows when it is done: `do` is the verb, given the customer,
    `title` and `text` say what will happen, `label` what the button does."""
    customer = customer_service.find(db, customer_id)
    if form.validate_on_submit():
        with transaction(form):
            do(customer_service.find(db, customer_id))
            form.then(url_for("customers.show", customer_id=customer_id), said)
    return answer(form, "customer_service/act.html", customer=customer, title=title, label=label,
                  text=text, kind=kind, **context)


def by() -> dict:
    """Who acts, and when, as every verb wants to know it."""
    return {"by": actor(), "now": now()}
