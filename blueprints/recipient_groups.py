"""Saved groups of travellers: renamed, added to, thinned out, removed."""
from uuid import UUID

from flask import Blueprint, url_for
from htmx_flask import request

from blueprints.fields import TextField
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.web import Form, actor, answer, db, done, now, page, transaction
from domain import recipient_groups, traveller_lists, travellers
from domain.access import Right
from domain.recipient_groups import RecipientGroup
from domain.traveller_searches import Search

bp = Blueprint("recipient_groups", __name__, url_prefix="/foretag/skicka-biljett/grupper")

ROWS, FOUND = 40, 8


class NameForm(Form):
    name = TextField(lazy("Namn"), most=recipient_groups.LONGEST_NAME)


@bp.get("/")
@needs(Right.SEND_TICKETS)
def index():
    return page("recipient_groups/index.html", groups=recipient_groups.listed(
        db, by=actor()))


@bp.route("/<uuid:group_id>", methods=["GET", "POST"])
@needs(Right.SEND_TICKETS)
def show(group_id: UUID):
    group = _found(group_id)
    form = NameForm(data={"name": group.name})
    if form.validate_on_submit():
        with transaction(form):
            recipient_groups.rename(db, group, form.name.value)
            form.then(url_for(".show", group_id=group.id), _("Namnet är ändrat."))
    return answer(form, "recipient_groups/show.html", group=group, **_members(group))


def _members(group: RecipientGroup) -> dict:
    words, scope = request.args.get("q", ""), actor().scope
    after = request.args.get("efter", type=UUID)
    last = after and travellers.find(db, after, within=scope)
    rows = recipient_groups.members(db, group, within=scope, most=ROWS + 1,
                                    after=last and (last.sort_name, last.id))
    found = traveller_lists.listed(db, Search(words), within=scope, now=now(),
                                   most=FOUND).rows if words else []
    return {"members": rows[:ROWS], "after": rows[ROWS - 1].id if len(rows) > ROWS else None,
            "words": words, "found": found}


@bp.post("/<uuid:group_id>/resenarer/<uuid:traveller_id>")
@needs(Right.SEND_TICKETS)
def add(group_id: UUID, traveller_id: UUID):
    group, traveller = _found(group_id), travellers.find(db, traveller_id, within=actor().scope)
    with transaction():
        recipient_groups.add(db, group, [traveller.id])
    return done(url_for(".show", group_id=group.id),
                _("%(name)s är med i gruppen.", name=traveller.name))


@bp.post("/<uuid:group_id>/resenarer/<uuid:traveller_id>/borttagning")
@needs(Right.SEND_TICKETS)
def take_out(group_id: UUID, traveller_id: UUID):
    group, traveller = _found(group_id), travellers.find(db, traveller_id, within=actor().scope)
    with transaction():
        recipient_groups.take_out(db, group, traveller)
    return done(url_for(".show", group_id=group.id),
                _("%(name)s är inte med i gruppen längre.", name=traveller.name))


@bp.post("/<uuid:group_id>/borttagning")
@needs(Right.SEND_TICKETS)
def remove(group_id: UUID):
    group = _found(group_id)
    with transaction():
        recipient_groups.remove(db, group)
    return done(url_for(".index"), _("Gruppen är borttagen."))


def _found(group_id: UUID) -> RecipientGroup:
    return recipient_groups.find(db, group_id, by=actor())
