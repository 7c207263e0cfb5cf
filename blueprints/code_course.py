"""The course of a traveller's code, from us to Allpay, as the stops of a line."""
from blueprints.formats import moment
from blueprints.language import _
from blueprints.web import now
from domain.standings import Standing, State


def course(standing: Standing) -> list[tuple]:
    code, delivered_at = standing.code, standing.sms and standing.sms.delivered_at
    sent = (_("Skickad"), code and code.issued_at, "past")
    arrived = (_("Levererad"), delivered_at, "past")
    silence = (_("Levererad"), _("inget besked"), "coming")
    match standing.code_state(now()):
        case State.CODE_WAITING:
            return [(_("Skickas"), None, "now"), (_("Levererad"), None, "coming"),
                    (_("Registrerad"), None, "coming")]
        case State.CODE_FAILED:
            return [sent, (_("Kom inte fram"), None, "failed"), (_("Registrerad"), None, "coming")]
        case State.CODE_LOCKED:
            tries = _("efter %(tries)d fel", tries=standing.tries)
            return [sent, arrived, (_("Låst"), tries, "failed")]
        case State.CODE_EXPIRED:
            return [sent, arrived if delivered_at else silence,
                    (_("Gick ut"), code.expires_at, "failed")]
        case State.REGISTERED:
            return [sent, arrived, (_("Registrerad"), standing.connection.registered_at, "past")]
    latest = _("senast %(when)s", when=moment(code.expires_at))
    return ([sent, arrived, (_("Registreras"), latest, "now")] if delivered_at else
            [sent, (_("Levererad"), None, "now"), (_("Registreras"), latest, "coming")])
