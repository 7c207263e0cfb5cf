"""Where a customer of Mina sidor accepts the terms, when a new version has come."""
from flask import Blueprint, redirect, url_for
from htmx_flask import request

from blueprints.guard import local_path, needs
from blueprints.terms import AcceptForm, to_accept
from blueprints.web import actor, answer, db, now, transaction
from domain import customer_terms
from domain.access import Right

bp = Blueprint("customer_terms", __name__)


@bp.route("/mina-sidor/villkor", methods=["GET", "POST"])
@needs(Right.KEEP_ACCOUNT, before_terms=True)
def accept():
    owed = customer_terms.owed(db, actor().customer_id, now=now())
    onward = local_path(request.args.get("next")) or url_for("customer_start.index")
    if not owed:
        return redirect(onward, 303)
    form = AcceptForm(owed)
    if form.validate_on_submit():
        with transaction(form):
            customer_terms.accept(db, owed, by=actor(), now=now())
            form.then(onward)
    news = customer_terms.news(db, actor().customer_id, now=now())
    return answer(form, "terms/accept.html", onward=onward,
                  texts=[to_accept(form, kind, news.get(kind, [])) for kind in owed])
