"""The clerk's register of apps that may use the Allpay API: their secrets, where they are told of
what happens, and what they have been told."""
import secrets
from uuid import UUID

from flask import Blueprint, current_app, url_for
from wtforms import BooleanField

from blueprints.fields import TextField
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.web import Form, actor, answer, db, done, now, page, transaction
from domain import api_clients, api_tokens, queue, webhooks
from domain.access import Right
from domain.api_clients import ApiClient
from domain.outbox import OutboxMessage
from domain.webhooks import Webhook

bp = Blueprint("api_clients", __name__, url_prefix="/intern/appar")


@bp.get("/")
@needs(Right.SERVE_CUSTOMERS)
def index():
    return page("api_clients/index.html", clients=api_clients.everyone(db))


class ClientForm(Form):
    name = TextField(lazy("Appens namn"), most=60, description=lazy(
        "Syns i händelserna bredvid resenärens namn."))


@bp.route("/ny", methods=["GET", "POST"])
@needs(Right.SERVE_CUSTOMERS)
def new():
    """The answer that shows a secret is no redirect: nothing keeps it until a next request."""
    form, secret = ClientForm(), secrets.token_urlsafe(32)
    if form.validate_on_submit():
        with transaction(form):
            client = api_clients.register(db, form.name.value, secret=secret, by=actor(),
                                          now=now())
            form.then(url_for(".show", client_id=client.id))
    return _made(client, secret) if form.location else answer(form, "api_clients/new.html")


@bp.get("/<uuid:client_id>")
@needs(Right.SERVE_CUSTOMERS)
def show(client_id: UUID):
    client = api_clients.find(db, client_id)
    return page("api_clients/show.html", client=client, address=_address(),
                told=[(*each, _state(*each)) for each in webhooks.latest(db, client)])


class SecretForm(Form):
    leaked = BooleanField(lazy("Den gamla hemligheten kan ha läckt: stäng av den genast"))


@bp.route("/<uuid:client_id>/hemlighet", methods=["GET", "POST"])
@needs(Right.SERVE_CUSTOMERS)
def rotate(client_id: UUID):
    client, form = api_clients.find(db, client_id), SecretForm()
    secret = secrets.token_urlsafe(32)
    if form.validate_on_submit():
        with transaction(form):
            api_clients.rotate(db, client, secret=secret, leaked=form.leaked.data, by=actor(),
                               now=now())
            if form.leaked.data:
                api_tokens.void(db, client)
            form.then(url_for(".show", client_id=client_id))
    return _made(client, secret) if form.location else answer(
        form, "api_clients/rotate.html", client=client)


class AddressForm(Form):
    url = TextField(lazy("Adress"), most=webhooks.LONGEST_URL, needed=False, description=lazy(
        "Börjar med https:// och går att nå från internet. Tom: appen får inte veta något."))
    renew = BooleanField(lazy("Gör en ny hemlighet att signera med"))


@bp.route("/<uuid:client_id>/adress", methods=["GET", "POST"])
@needs(Right.SERVE_CUSTOMERS)
def address(client_id: UUID):
    client = api_clients.find(db, client_id)
    form = AddressForm(url=client.webhook_url)
    url, secret = form.url.data or "", None
    if form.validate_on_submit():
        with transaction(form):
            if url:
                webhooks.check_address(url, public=_is_public())
            if url and (form.renew.data or not client.webhook_secret_sealed):
                secret = secrets.token_urlsafe(32)
            api_clients.send_to(db, client, url, secret=secret, by=actor(), now=now())
            form.then(url_for(".show", client_id=client_id), _("Adressen är sparad."))
    if form.location and secret:
        return page("api_clients/made.html", client=client, secret=secret, signs=True)
    return answer(form, "api_clients/address.html", client=client)


@bp.get("/<uuid:client_id>/avslut")
@needs(Right.SERVE_CUSTOMERS)
def leave(client_id: UUID):
    return page("api_clients/leave.html", client=api_clients.find(db, client_id))


@bp.post("/<uuid:client_id>/avslut")
@needs(Right.SERVE_CUSTOMERS)
def end(client_id: UUID):
    client = api_clients.find(db, client_id)
    with transaction():
        api_clients.end(db, client, by=actor(), now=now())
        api_tokens.void(db, client)
    return done(url_for(".index"), _("%(name)s är avslutad.", name=client.name))


@bp.post("/<uuid:client_id>/handelser/<uuid:webhook_id>/nytt-forsok")
@needs(Right.SERVE_CUSTOMERS)
def tell_again(client_id: UUID, webhook_id: UUID):
    message = webhooks.message(db, webhook_id, client_id=client_id)
    with transaction():
        queue.try_again(db, message, by=actor(), now=now())
    return done(url_for(".show", client_id=client_id), _("Händelsen skickas igen."))


def _made(client: ApiClient, secret: str):
    return page("api_clients/made.html", client=client, secret=secret, signs=False)


def _state(webhook: Webhook, message: OutboxMessage) -> str:
    if webhook.delivered_at:
        return "delivered"
    if message.given_up_at:
        return "given_up"
    if message.done_at:
        return "unsent"
    return "failing" if message.last_error else "waiting"


def _address() -> str:
    return f"{current_app.config['PORTAL'].base_url}/api/allpay/v1"


def _is_public() -> bool:
    return current_app.config["PORTAL"].environment == "production"
