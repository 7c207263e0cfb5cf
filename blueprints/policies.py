"""Policy groups: what those who have Tjänsteresor may buy, and whom that is decided for."""
from uuid import UUID

from flask import Blueprint, url_for

from blueprints import events, policy_words
from blueprints.guard import needs
from blueprints.language import _
from blueprints.policy_form import PolicyForm
from blueprints.web import actor, answer, db, done, now, page, transaction
from domain import audit, policies
from domain.access import Right
from domain.policy_groups import PolicyGroup

bp = Blueprint("policies", __name__, url_prefix="/foretag/tjansteresor/policy")


@bp.get("/")
@needs(Right.MANAGE_BUSINESS_TRAVEL)
def index():
    groups = policies.of_company(db, actor().company_id)
    return page("policies/index.html", groups=groups, numbers=policies.numbers(
        db, actor().company_id), summary=policy_words.summary, may_manage=_may_manage())


@bp.get("/<uuid:policy_id>")
@needs(Right.MANAGE_BUSINESS_TRAVEL)
def show(policy_id: UUID):
    group = _found(policy_id)
    company_id = actor().company_id
    return page("policies/show.html", group=group, facts=policy_words.facts(group),
                number=policies.numbers(db, company_id)[group.id], may_manage=_may_manage(),
                events=events.told(audit.about(db, group.id, company_id=company_id)))


@bp.route("/ny", methods=["GET", "POST"])
@needs(Right.MANAGE_POLICIES)
def new():
    form = PolicyForm()
    if form.validate_on_submit():
        with transaction(form):
            group = policies.add(db, actor().company_id, form.details(), by=actor(), now=now())
            form.then(_page_of(group), _("Policyn %(name)s är tillagd.", name=group.name))
    return answer(form, "policies/new.html")


@bp.route("/<uuid:policy_id>/andring", methods=["GET", "POST"])
@needs(Right.MANAGE_POLICIES)
def edit(policy_id: UUID):
    group = _found(policy_id)
    form = PolicyForm.of(group)
    if form.validate_on_submit():
        with transaction(form):
            policies.change(db, group, form.details(), by=actor(), now=now())
            form.then(_page_of(group), _("Ändringen gäller för det som köps från och med nu."))
    return answer(form, "policies/edit.html", group=group)


@bp.post("/<uuid:policy_id>/forval")
@needs(Right.MANAGE_POLICIES)
def make_default(policy_id: UUID):
    group = _found(policy_id)
    with transaction():
        policies.make_default(db, group, by=actor(), now=now())
    return done(_page_of(group), _("%(name)s gäller nu alla som inte har fått en annan policy.",
                                   name=group.name))


@bp.post("/<uuid:policy_id>/inget-forval")
@needs(Right.MANAGE_POLICIES)
def stop_default(policy_id: UUID):
    group = _found(policy_id)
    with transaction():
        policies.stop_default(db, group, by=actor(), now=now())
    return done(_page_of(group), _("Den som inte har fått en policy får nu köpa allt."))


@bp.post("/<uuid:policy_id>/borttagning")
@needs(Right.MANAGE_POLICIES)
def remove(policy_id: UUID):
    group = _found(policy_id)
    with transaction():
        policies.remove(db, group, by=actor(), now=now())
    return done(url_for(".index"), _("Policyn %(name)s är borttagen.", name=group.name))


def _found(policy_id: UUID) -> PolicyGroup:
    return policies.find(db, policy_id, company_id=actor().company_id)


def _page_of(group: PolicyGroup) -> str:
    return url_for(".show", policy_id=group.id)


def _may_manage() -> bool:
    return actor().may(Right.MANAGE_POLICIES)
