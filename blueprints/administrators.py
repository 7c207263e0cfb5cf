"""The company's administrators: who they are, what each is administrator for, and their end."""
from uuid import UUID

from flask import Blueprint, url_for
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from blueprints import exports
from blueprints.departments import choices
from blueprints.fields import CHOOSE, ManyField
from blueprints.guard import needs
from blueprints.language import _, lazy
from blueprints.web import Form, actor, answer, db, now, page, transaction
from documents.listing import Column, Kind
from domain import administrators, departments, deputies, invitations
from domain.access import Right, Role
from domain.months import today
from domain.people import Post

bp = Blueprint("administrators", __name__, url_prefix="/foretag/administratorer")


class PostForm(Form):
    """What somebody is, or is to be, administrator for."""

    role = RadioField(lazy("Administratör för"), default=Role.DEPARTMENT_ADMIN,
                      invalid_choice_message=CHOOSE, choices=lambda: [
                          SelectChoice(Role.COMPANY_ADMIN, _("Hela företaget")),
                          SelectChoice(Role.DEPARTMENT_ADMIN, _("Vissa avdelningar"))])
    departments = ManyField(lazy("Avdelningar"), choices=choices)

    @property
    def chosen(self) -> tuple[UUID, ...]:
        return tuple(UUID(each) for each in self.departments.data or ())


@bp.get("/")
@needs(Right.MANAGE_ADMINISTRATORS)
def index():
    company_id = actor().company_id
    posts = administrators.listed(db, company_id)
    return page("administrators/index.html", posts=posts, held=_held(posts),
                invitations=invitations.unanswered(db, company_id),
                deputyships=deputies.of_company(db, company_id, now=now()), today=today(now()))


@bp.get(f"/administratorer.{exports.KINDS}")
@needs(Right.MANAGE_ADMINISTRATORS)
def file(kind: str):
    posts = administrators.listed(db, actor().company_id)
    held, columns = _held(posts), [
        Column(_("Efternamn")), Column(_("Förnamn")), Column(_("E-post"), width=30),
        Column(_("Administratör för"), width=50), Column(_("Sedan"), Kind.DATE)]
    return exports.file(kind, _("Administratörer"), columns, lambda: [
        (post.person.surname, post.person.given_name, post.person.email,
         _("Hela företaget") if post.role == Role.COMPANY_ADMIN else held[post.id],
         today(post.appointed_at)) for post in posts])


@bp.route("/<uuid:post_id>", methods=["GET", "POST"])
@needs(Right.MANAGE_ADMINISTRATORS)
def edit(post_id: UUID):
    post = administrators.find(db, post_id, within=actor().scope)
    form = PostForm(data={"role": post.role, "departments": [
        str(room.department_id) for room in post.rooms]})
    if form.validate_on_submit():
        with transaction(form):
            administrators.change(db, post_id, Role(form.role.data), form.chosen, by=actor(),
                                  now=now())
            form.then(url_for(".index"), _("Ändringarna är sparade."))
    return answer(form, "administrators/edit.html", post=post)


@bp.route("/<uuid:post_id>/borttagning", methods=["GET", "POST"])
@needs(Right.MANAGE_ADMINISTRATORS)
def remove(post_id: UUID):
    post = administrators.find(db, post_id, within=actor().scope)
    form = Form()
    if form.validate_on_submit():
        with transaction(form):
            person = administrators.remove(db, post_id, by=actor(), now=now())
            form.then(url_for(".index"), _("%(name)s är inte längre administratör.",
                                           name=person.name))
    return answer(form, "administrators/remove.html", post=post)


def _held(posts: list[Post]) -> dict[UUID, str]:
    """The names of the departments that each post is of."""
    rooms = departments.of_company(db, within=actor().scope)
    return {post.id: ", ".join(
        each.name for each in rooms if each.id in {room.department_id for room in post.rooms})
        for post in posts}
