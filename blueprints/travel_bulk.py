"""Tjänsteresor of the travellers that are chosen in the list: as other acts on many, first what
would happen, then one button."""
from flask import Blueprint, url_for
from wtforms import ValidationError

from blueprints.connection_form import FirstDayField, LastDayField, LimitField
from blueprints.guard import needs
from blueprints.language import lazy, ngettext, sentence
from blueprints.policy_choice import PolicyField
from blueprints.traveller_bulk import BulkForm, act
from blueprints.web import actor, db, now
from domain import business_travel, travel_acts
from domain.access import Right
from domain.code_sendings import CodeSending
from domain.errors import Invalid
from domain.traveller_acts import Plan

bp = Blueprint("travel_bulk", __name__, url_prefix="/foretag/resenarer/urval")
FORM = ["GET", "POST"]


def _watched_at(sending: CodeSending | None) -> str | None:
    return sending and url_for("business_travel.sending", sending_id=sending.id)


class ConnectForm(BulkForm):
    limit = LimitField(lazy("Kreditgräns"))
    from_on = FirstDayField()
    to_on = LastDayField()
    policy = PolicyField()

    def validate_to_on(self, field) -> None:
        try:
            business_travel.check_days(self.from_on.data, field.data, now=now())
        except Invalid as refusal:
            raise ValidationError(sentence(refusal)) from refusal

    def plan(self) -> Plan:
        return travel_acts.to_connect(db, self.chosen, actor().company_id)

    def carry_out(self, plan: Plan) -> str | None:
        return _watched_at(travel_acts.connect(
            db, plan, limit_ore=self.limit.value, from_on=self.from_on.data,
            to_on=self.to_on.data, policy_group_id=self.policy.chosen_id, by=actor(), now=now()))


@bp.route("/anslut", methods=FORM)
@needs(Right.MANAGE_BUSINESS_TRAVEL)
def connect():
    return act(ConnectForm(), "travel_bulk/connect.html", lambda number: ngettext(
        "%(num)d resenär är ansluten. Koden är på väg.",
        "%(num)d resenärer är anslutna. Koderna är på väg.", number) % {"num": number})


class LimitForm(BulkForm):
    limit = LimitField(lazy("Ny kreditgräns"))

    def plan(self) -> Plan:
        return travel_acts.to_limit(db, self.chosen, self.limit.value)

    def carry_out(self, plan: Plan) -> None:
        travel_acts.change_limit(db, plan, limit_ore=self.limit.value, by=actor(), now=now())


@bp.route("/kreditgrans", methods=FORM)
@needs(Right.MANAGE_BUSINESS_TRAVEL)
def limit():
    return act(LimitForm(), "travel_bulk/limit.html", lambda number: ngettext(
        "Kreditgränsen är ändrad för %(num)d resenär.",
        "Kreditgränsen är ändrad för %(num)d resenärer.", number) % {"num": number})


class PolicyForm(BulkForm):
    policy = PolicyField()

    def plan(self) -> Plan:
        return travel_acts.to_policy(db, self.chosen, self.policy.found())

    def carry_out(self, plan: Plan) -> None:
        travel_acts.choose_policy(db, plan, self.policy.found(), by=actor(), now=now())


@bp.route("/policy", methods=FORM)
@needs(Right.MANAGE_BUSINESS_TRAVEL)
def policy():
    return act(PolicyForm(), "travel_bulk/policy.html", lambda number: ngettext(
        "Policyn är ändrad för %(num)d resenär.", "Policyn är ändrad för %(num)d resenärer.",
        number) % {"num": number})


class CodesForm(BulkForm):
    def plan(self) -> Plan:
        return travel_acts.to_send_codes(db, self.chosen)

    def carry_out(self, plan: Plan) -> str | None:
        return _watched_at(travel_acts.send_codes(db, plan, by=actor(), now=now()))


@bp.route("/koder", methods=FORM)
@needs(Right.MANAGE_BUSINESS_TRAVEL)
def codes():
    return act(CodesForm(), "travel_bulk/codes.html", lambda number: ngettext(
        "En ny kod är på väg till %(num)d resenär.", "Nya koder är på väg till %(num)d resenärer.",
        number) % {"num": number}, at_once=True)


class PauseForm(BulkForm):
    def plan(self) -> Plan:
        return travel_acts.to_pause(db, self.chosen)

    def carry_out(self, plan: Plan) -> None:
        travel_acts.pause(db, plan, by=actor(), now=now())


@bp.route("/paus", methods=FORM)
@needs(Right.MANAGE_BUSINESS_TRAVEL)
def pause():
    return act(PauseForm(), "travel_bulk/pause.html", lambda number: ngettext(
        "Tjänsteresor är pausat för %(num)d resenär.",
        "Tjänsteresor är pausat för %(num)d resenärer.", number) % {"num": number}, at_once=True)


class ResumeForm(BulkForm):
    def plan(self) -> Plan:
        return travel_acts.to_resume(db, self.chosen)

    def carry_out(self, plan: Plan) -> None:
        travel_acts.resume(db, plan, by=actor(), now=now())


@bp.route("/ateruppta", methods=FORM)
@needs(Right.MANAGE_BUSINESS_TRAVEL)
def resume():
    return act(ResumeForm(), "travel_bulk/resume.html", lambda number: ngettext(
        "Tjänsteresor är återupptaget för %(num)d resenär.",
        "Tjänsteresor är återupptaget för %(num)d resenärer.", number) % {"num": number},
        at_once=True)


class EndForm(BulkForm):
    def plan(self) -> Plan:
        return travel_acts.to_end(db, self.chosen)

    def carry_out(self, plan: Plan) -> None:
        travel_acts.end(db, plan, by=actor(), now=now())


@bp.route("/avsluta-tjansteresor", methods=FORM)
@needs(Right.MANAGE_BUSINESS_TRAVEL)
def end():
    return act(EndForm(), "travel_bulk/end.html", lambda number: ngettext(
        "Tjänsteresor är avslutat för %(num)d resenär.",
        "Tjänsteresor är avslutat för %(num)d resenärer.", number) % {"num": number}, at_once=True)
