"""Puts the portal together."""
from pathlib import Path

from flask import Flask
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined
from sqlalchemy.orm import Session
from werkzeug.middleware.proxy_fix import ProxyFix

import blueprints
from blueprints import guard
from config import Config
from domain import audit, outbox
from domain.identity import Vault
from domain.store import Store
from integrations import World
from integrations.bankid import BankId
from integrations.clock import SystemClock
from integrations.email import Email
from integrations.nets import Nets
from integrations.peppol import AccessPoint, FileDrop, Transport
from integrations.queue import RqQueue
from integrations.sms import Sms
from integrations.swish import Swish
from integrations.ticket_keys import TicketKeys
from integrations.webhooks import Webhooks

FORM_BYTES = 1_000_000
"""The most that is sent to a view that takes no files."""


def outside(config: Config) -> World:
    """The real clients, pointed where the settings say."""
    if config.ticket_key_file is None:
        raise ValueError("PORTAL_TICKET_KEY_FILE is missing")
    return World(
        clock=SystemClock(),
        queue=RqQueue(config.redis_url),
        bankid=BankId(config.bankid_url, certificate=config.bankid_certificate,
                      ca=config.bankid_ca, app_url=config.bankid_start_url),
        sms=Sms(config.sms_url, config.sms_user, config.sms_password, sender=config.sms_sender),
        swish=Swish(config.swish_url, payee=config.swish_payee, ca=config.swish_ca,
                    certificate=config.swish_certificate, app_url=config.swish_app_url),
        nets=Nets(config.nets_url, config.nets_secret_key),
        email=Email(config.smtp_host, config.smtp_port, config.smtp_user, config.smtp_password,
                    starttls=config.smtp_starttls, sender=config.email_from,
                    reply_to=config.brand.email),
        ticket_keys=TicketKeys.load(config.ticket_key_file), peppol=_peppol(config),
        metadata_keys=config.metadata_key_file and TicketKeys.load(config.metadata_key_file),
        webhooks=Webhooks(near=config.environment != "production"),
    )


def _peppol(config: Config) -> Transport:
    """An access point of ours, if there is one; else a folder."""
    digits = config.brand.organisation_number.replace("-", "")
    if config.peppol_url:
        return AccessPoint(config.peppol_url, config.peppol_token, sender=f"0007:{digits}")
    return FileDrop(config.peppol_folder or Path("peppol"))


def open_store(config: Config, world: World) -> Store:
    """The database. What a transaction has recorded goes into the log as it commits, and what it
    leaves in the outbox is rung for afterwards."""
    def ring(session: Session) -> None:
        message_ids = outbox.committed(session)
        if message_ids:
            world.queue.ring(message_ids)

    return Store(config.database_url, rules=config.rules, vault=Vault(config.data_key),
                 before_commit=audit.write, after_commit=ring)


def create_app(config: Config | None = None, world: World | None = None) -> Flask:
    config = config or Config.from_env()
    world = world or outside(config)
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=config.secret_key,
        TESTING=config.environment == "testing",
        SESSION_COOKIE_NAME="portal",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.base_url.startswith("https://"),
        MAX_CONTENT_LENGTH=FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=FORM_BYTES,
        WTF_CSRF_TIME_LIMIT=None,  # a boosted body keeps the token of its first page
        PORTAL=config,
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions["world"] = world
    app.extensions["store"] = open_store(config, world)
    if config.trusted_proxies:
        proxies = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)
    app.before_request(guard.let_files_in)
    CSRFProtect(app)
    blueprints.register(app)
    return app
