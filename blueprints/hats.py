"""What a person works as: in their own post, or for somebody whom they stand in for."""
from uuid import UUID

from flask import Blueprint, abort, url_for
from flask_login import current_user
from htmx_flask import request

from blueprints.guard import needs
from blueprints.language import _
from blueprints.web import Form, actor, answer, db, done, now, page, transaction
from domain import administrators, deputies, logins
from domain.access import Right
from domain.months import today

bp = Blueprint("hats", __name__, url_prefix="/uppdrag")


@bp.get("/")
@needs(Right.BE_SIGNED_IN)
def index():
    return page("hats/index.html", post=administrators.own(db, actor().person_id),
                deputyships=deputies.given_to(db, actor().person_id, now=now()),
                today=today(now()))


@bp.post("/")
@needs(Right.BE_SIGNED_IN, before_terms=True)
def wear():
    chosen = request.form.get("post_id", type=UUID)
    if chosen is None:
        abort(404)
    with transaction():
        logins.wear(db, current_user.id, chosen, now=now())
    return done(url_for("today.index"), _("Du har bytt uppdrag."))


@bp.post("/<uuid:deputyship_id>/slut")
@needs(Right.BE_SIGNED_IN)
def end(deputyship_id: UUID):
    with transaction():
        deputyship = deputies.own(db, deputyship_id, person_id=actor().person_id)
        deputies.end(db, deputyship, by=actor(), now=now())
    return done(url_for(".index"), _("Du är inte längre ställföreträdare för %(name)s.",
                                     name=deputyship.post.person.name))


@bp.route("/avslut", methods=["GET", "POST"])
@needs(Right.BE_SIGNED_IN)
def leave():
    """One's own post."""
    form, post = Form(), administrators.own(db, actor().person_id)
    if post is None:
        abort(404)
    if form.validate_on_submit():
        with transaction(form):
            administrators.leave(db, by=actor(), now=now())
            form.then(url_for("start.index"), _("Du är inte längre administratör."))
    return answer(form, "hats/leave.html", post=post)
