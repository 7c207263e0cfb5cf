"""The keys for synchronisation: an administrator makes one, sees it once and revokes it."""
import secrets
from uuid import UUID

from flask import Blueprint, current_app, url_for

from blueprints.fields import DayField, TextField
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.web import Form, actor, db, done, now, page, transaction
from domain import scim_tokens
from domain.access import Right
from domain.months import today
from domain.scim_tokens import Details

bp = Blueprint("scim_tokens", __name__, url_prefix="/foretag/installningar/synkronisering")


class TokenForm(Form):
    name = TextField(lazy("Namn på nyckeln"), most=60, description=lazy(
        "Systemet som ska använda den, till exempel Entra. Namnet syns i händelserna."))
    last_on = DayField(lazy("Sista dagen"), needed=False, description=lazy(
        "Högst två år bort. Utan sista dag gäller nyckeln tills den återkallas."))


@bp.get("/")
@needs(Right.SYNC_TRAVELLERS)
def index():
    return page("scim_tokens/index.html", today=today(now()), address=_address(),
                tokens=scim_tokens.of_company(db, actor().company_id))


@bp.route("/ny", methods=["GET", "POST"])
@needs(Right.SYNC_TRAVELLERS)
def new():
    """The answer that shows the key is no redirect: nothing keeps it until a next request."""
    form, secret = TokenForm(), secrets.token_urlsafe(32)
    if form.validate_on_submit():
        with transaction(form):
            token = scim_tokens.make(db, Details(form.name.value, form.last_on.data),
                                     secret=secret, by=actor(), now=now())
            form.then(url_for(".index"))
    if form.location:
        return page("scim_tokens/made.html", token=token, secret=secret, address=_address())
    return page("scim_tokens/new.html", "form", 422 if form.errors else 200, form=form)


@bp.post("/<uuid:token_id>/aterkallande")
@needs(Right.SYNC_TRAVELLERS)
def revoke(token_id: UUID):
    with transaction():
        token = scim_tokens.find(db, token_id, within=actor().scope)
        scim_tokens.revoke(db, token, by=actor(), now=now())
    return done(url_for(".index"), _("Nyckeln %(name)s är återkallad och fungerar inte längre.",
                                     name=token.name))


def _address() -> str:
    return f"{current_app.config['PORTAL'].base_url}/scim/v2"
