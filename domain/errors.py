"""What the domain says when it says no. The web turns each into a status code, once."""


class DomainError(Exception):
    """A rule was broken. The message is a whole Swedish sentence, fit to show.

    It is also the key of its translation, so what varies stands in it as `%(name)s` and comes as a
    keyword.
    """

    def __init__(self, message: str, **values: object):
        super().__init__(message, values)
        self.message = message
        self.values = values

    def __str__(self) -> str:
        return self.message % self.values if self.values else self.message


class NotFound(DomainError):
    """No such thing, or not this company's: the caller cannot tell which."""


class NotAllowed(DomainError):
    """The person may not do this, though the thing is theirs to see."""


class Conflict(DomainError):
    """The thing is no longer in the state that the caller believed."""


class TooMany(DomainError):
    """Too many tries in too short a time. In so many seconds there may be more."""

    def __init__(self, message: str, *, seconds: int = 3_600, **values: object):
        super().__init__(message, **values)
        self.seconds = seconds


class Invalid(DomainError):
    """What was typed cannot be accepted. `field` names the form field to stand beside."""

    def __init__(self, message: str, field: str | None = None, **values: object):
        super().__init__(message, **values)
        self.field = field


class NoRoom(Invalid):
    """A limit or a budget does not suffice."""
