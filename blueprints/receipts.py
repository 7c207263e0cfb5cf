"""The traveller's own purchases and their receipts."""
import re
from io import BytesIO
from uuid import UUID

from flask import current_app, send_file
from htmx_flask import request

from blueprints.faces import KINDS
from blueprints.formats import moment, place
from blueprints.guard import needs
from blueprints.language import _, language
from blueprints.web import actor, db, now, page
from blueprints.words import word
from documents import receipt
from documents.specification import kronor, per_cent
from domain import companies, own_purchases, travellers
from domain.access import Right
from domain.money import NBSP
from domain.months import Month
from domain.tickets import State, Ticket


@needs(Right.TRAVEL)
def index():
    return page("phone/purchases.html", state=_state, bought=own_purchases.listed(
        db, _mine(), before=_month(request.args.get("fore", ""))))


def _state(ticket: Ticket) -> tuple[str, str]:
    """Its kind and its word."""
    state = ticket.state(now())
    return KINDS[state], _("Återbetald") if state == State.RECALLED else word(state)


def _month(text: str) -> Month | None:
    """2026-11, as the address of the next page says it."""
    if not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", text, re.ASCII):
        return None
    return Month(*map(int, text.split("-")))


@needs(Right.TRAVEL)
def show(purchase_id: UUID):
    ticket = own_purchases.find(db, purchase_id, _mine())
    return page("phone/receipt.html", ticket=ticket, facts=_facts(ticket),
                amounts=_amounts(ticket), paid_back=_paid_back(ticket))


@needs(Right.TRAVEL)
def file(purchase_id: UUID):
    ticket = own_purchases.find(db, purchase_id, _mine())
    brand = current_app.config["PORTAL"].brand
    document = receipt.pdf(receipt.Receipt(
        title=_("Kvitto %(number)s", number=ticket.number), authority=brand.name,
        authority_facts=f"{_('Organisationsnummer')} {brand.organisation_number} · {brand.phone} · "
                        f"{brand.email}",
        facts=_facts(ticket), amounts=_amounts(ticket), note=_paid_back(ticket),
        page=_("Skapad %(when)s", when=moment(now())), language=language()))
    return send_file(BytesIO(document), "application/pdf", as_attachment=True,
                     download_name=_("Kvitto %(number)s.pdf", number=ticket.number))


def _mine() -> list[UUID]:
    return [each.id for each in travellers.of_actor(db, actor())]


def _facts(ticket: Ticket) -> list[tuple[str, str]]:
    company = companies.find(db, ticket.company_id)
    told = [(_("Köpt"), moment(ticket.sold_at)), (_("Biljett"), word(ticket.product)),
            (_("Gäller i"), place(ticket.trip)), (_("Resenär"), ticket.holder),
            (_("Ändamål"), ticket.purpose),
            (_("Betalas av"), company.name), (_("Avdelning"), ticket.department_name),
            (_("Referensnummer"), ticket.reference_number)]
    return [each for each in told if each[1]]


def _amounts(ticket: Ticket) -> list[tuple[str, str]]:
    """With the VAT apart."""
    def kr(ore: int) -> str:
        return f"{kronor(ore)}{NBSP}kr"

    rate = per_cent(ticket.vat_basis_points)
    return [(_("Exkl. moms"), kr(ticket.price_ore - ticket.vat_ore)),
            (_("Moms %(rate)s", rate=rate), kr(ticket.vat_ore)),
            (_("Summa inkl. moms"), kr(ticket.price_ore))]


def _paid_back(ticket: Ticket) -> str:
    if not ticket.recalled_at:
        return ""
    return _("Betalades tillbaka till %(company)s %(when)s.",
             company=companies.find(db, ticket.company_id).name, when=moment(ticket.recalled_at))
