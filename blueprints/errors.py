"""What is answered when something could not be done. Views do not catch; it is all said here."""
import logging

from flask import Flask
from flask_wtf.csrf import CSRFError
from htmx_flask import make_response, request
from werkzeug.exceptions import HTTPException

from blueprints.language import _, lazy, sentence
from blueprints.web import page, wants_fragment
from domain.errors import Conflict, DomainError, NotAllowed, NotFound, TooMany

log = logging.getLogger(__name__)

STATUS = {NotFound: 404, NotAllowed: 403, Conflict: 409, TooMany: 429, DomainError: 422}
SAID = {
    400: (lazy("Begäran gick inte att läsa"), lazy("Gå tillbaka och försök igen.")),
    403: (lazy("Du har inte tillgång"), lazy("Sidan är för en annan roll än din.")),
    404: (lazy("Sidan finns inte"), lazy("Kontrollera adressen, eller börja om från startsidan.")),
    405: (lazy("Det går inte att öppna"), lazy("Sidan nås bara genom ett formulär.")),
    413: (lazy("Filen är för stor"), lazy("Dela upp den i mindre delar och försök igen.")),
    500: (lazy("Något gick fel hos oss"), lazy("Försök igen om en stund. Det du skrev är inte "
                                               "sparat.")),
}


def answer(status: int, message: str, title: str | None = None):
    told = page("error.html", block="message", status=status, message=message, title=title)
    if wants_fragment():  # the rest of the page stands; only the message is new
        return make_response(told, retarget="#message", reswap="innerHTML")
    return told


def init_app(app: Flask) -> None:
    @app.errorhandler(DomainError)
    def say_no(error: DomainError):
        status = next(status for kind, status in STATUS.items() if isinstance(error, kind))
        return answer(status, sentence(error))

    @app.errorhandler(CSRFError)
    def too_old(_error: CSRFError):
        return answer(400, _("Sidan har legat öppen för länge. Ladda om den och försök igen."))

    @app.errorhandler(HTTPException)
    def http(error: HTTPException):
        if error.response is not None or (error.code or 500) < 400:
            return error
        status = error.code or 500
        title, message = SAID.get(status, SAID[400 if status < 500 else 500])
        return answer(status, str(message), str(title))

    @app.errorhandler(Exception)
    def broken(error: Exception):
        log.error("%s failed", request.endpoint, exc_info=error)
        if app.testing:
            raise error
        title, message = SAID[500]
        return answer(500, str(message), str(title))
