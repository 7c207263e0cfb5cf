"""Inviting an administrator by e-mail, and the page that the link in it leads to."""
import secrets
from uuid import UUID

from flask import Blueprint, redirect, url_for
from flask_login import current_user

from blueprints import exports
from blueprints.administrators import PostForm
from blueprints.fields import EmailField, TextField
from blueprints.guard import needs, public
from blueprints.language import _, language, lazy, sentence
from blueprints.web import actor, answer, db, done, now, page, transaction, visitor
from documents.listing import Column, Kind
from domain import departments, invitations, logins
from domain.access import Right, Role, Scope
from domain.invitations import Details, Invitation
from domain.months import today

bp = Blueprint("invitations", __name__)


class InvitationForm(PostForm):
    name = TextField(lazy("Namn"))
    email = EmailField(lazy("E-post"))

    @property
    def details(self) -> Details:
        return Details(self.name.value, self.email.value, Role(self.role.data), self.chosen)


@bp.route("/foretag/administratorer/inbjudan", methods=["GET", "POST"])
@needs(Right.MANAGE_ADMINISTRATORS)
def new():
    form = InvitationForm()
    if form.validate_on_submit():
        with transaction(form):
            invitation = invitations.invite(db, form.details, language=language(), by=actor(),
                                            secret=secrets.token_urlsafe(32), now=now())
            form.then(url_for("administrators.index"), _said(invitation))
    return answer(form, "invitations/new.html")


@bp.get(f"/foretag/administratorer/inbjudna.{exports.KINDS}")
@needs(Right.MANAGE_ADMINISTRATORS)
def file(kind: str):
    unanswered = invitations.unanswered(db, actor().company_id)
    columns = [Column(_("Namn"), width=30), Column(_("E-post"), width=30),
               Column(_("Administratör för"), width=20), Column(_("Skickad"), Kind.MOMENT),
               Column(_("Gäller till och med"), Kind.DATE)]
    return exports.file(kind, _("Inbjudna"), columns, lambda: [
        (each.name, each.email, _("Hela företaget") if each.role == Role.COMPANY_ADMIN
         else _("Vissa avdelningar"), each.sent_at, each.last_on) for each in unanswered])


@bp.post("/foretag/administratorer/inbjudan/<uuid:invitation_id>/ny-lank")
@needs(Right.MANAGE_ADMINISTRATORS)
def send_again(invitation_id: UUID):
    invitation = invitations.find(db, invitation_id, within=actor().scope)
    with transaction():
        invitations.send_again(db, invitation, secret=secrets.token_urlsafe(32), by=actor(),
                               now=now())
    return done(url_for("administrators.index"), _said(invitation))


@bp.post("/foretag/administratorer/inbjudan/<uuid:invitation_id>/aterkallande")
@needs(Right.MANAGE_ADMINISTRATORS)
def withdraw(invitation_id: UUID):
    invitation = invitations.find(db, invitation_id, within=actor().scope)
    with transaction():
        invitations.withdraw(db, invitation, by=actor(), now=now())
    return done(url_for("administrators.index"),
                _("Inbjudan till %(name)s är tillbakatagen.", name=invitation.name))


@bp.get("/inbjudan/<secret>")
@public
def show(secret: str):
    invitation, who = invitations.with_secret(db, secret), visitor()
    if who and invitation.person_id == who.person_id and who.is_admin:
        return redirect(url_for("today.index"), 303)
    refusal = who and invitations.obstacle(db, invitation, who.person_id)
    return page("invitations/show.html", invitation=invitation, secret=secret,
                rooms=_rooms(invitation), is_open=invitation.is_open(today(now())),
                obstacle=refusal and sentence(refusal))


@bp.post("/inbjudan/<secret>/ja")
@needs(Right.BE_SIGNED_IN, before_terms=True)
def accept(secret: str):
    with transaction():
        invitation = invitations.with_secret(db, secret)
        post = invitations.accept(db, invitation, by=actor(), now=now())
        logins.wear(db, current_user.id, post.id, now=now())
    return done(url_for("today.index"), _("Välkommen som administratör för %(company)s.",
                                          company=invitation.company.name))


@bp.post("/inbjudan/<secret>/nej")
@needs(Right.BE_SIGNED_IN, before_terms=True)
def decline(secret: str):
    with transaction():
        invitations.decline(db, invitations.with_secret(db, secret), by=actor(), now=now())
    return done(url_for("start.index"), _("Du har tackat nej till inbjudan."))


def _said(invitation: Invitation) -> str:
    return _("Inbjudan är skickad till %(email)s.", email=invitation.email)


def _rooms(invitation: Invitation) -> list[str]:
    """The names of the departments that it is about."""
    chosen = {room.department_id for room in invitation.rooms}
    return [each.name for each in departments.of_company(db, within=Scope(invitation.company_id))
            if each.id in chosen]
