"""What several forms of Mina sidor ask for."""
from flask_wtf import FlaskForm
from wtforms import PasswordField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, ValidationError

from blueprints.fields import CHOOSE, MISSING, PlainSelect, required
from blueprints.language import _, lazy, sentence
from domain import customer_passwords, municipalities
from domain.errors import Invalid


class KnownPasswordField(PasswordField):
    """The password that they have. What is typed is never sent back."""

    def __init__(self, label=None, **kwargs):
        super().__init__(label or lazy("Lösenord"), [DataRequired(MISSING)], **kwargs)


class NewPasswordField(PasswordField):
    """A password that they choose: refused when it is easy to guess. The form's `own_words` are
    what others know of the person."""

    def __init__(self, label=None, **kwargs):
        super().__init__(label or lazy("Nytt lösenord"), [DataRequired(MISSING)], **kwargs)

    def post_validate(self, form: FlaskForm, validation_stopped: bool) -> None:
        if validation_stopped:
            return
        try:
            customer_passwords.check(self.data, *form.own_words)
        except Invalid as refusal:
            raise ValidationError(sentence(refusal)) from refusal


class MunicipalityField(SelectField):
    widget = PlainSelect()

    def __init__(self, **kwargs):
        super().__init__(lazy("Kommun"), [required(CHOOSE)], invalid_choice_message=CHOOSE,
                         choices=lambda: [
                             SelectChoice("", _("Välj kommun")),
                             *(SelectChoice(code, name)
                               for code, name in municipalities.names().items())], **kwargs)
