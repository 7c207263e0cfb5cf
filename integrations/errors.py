"""What can go wrong outside this program, named by whose fault it is and by what helps."""
from enum import StrEnum


class Fault(StrEnum):
    THEIRS = "theirs"
    OURS = "ours"
    PERSON = "person"


class OutsideError(Exception):
    """`reason` is a short English sentence for logs and clerks, without personal data;
    `code` is the other side's own word for it, when it has one."""

    fault = Fault.THEIRS

    def __init__(self, reason: str, *, code: str = ""):
        super().__init__(reason)
        self.reason = reason
        self.code = code


class Unreachable(OutsideError):
    """They are away, slow or busy: nothing was done, the same may be tried again later."""


class Unknown(Unreachable):
    """They were asked but the answer was lost: it may have been done. Ask before trying again."""


class Refused(OutsideError):
    """They said no, and will say no to the same again."""

    fault = Fault.OURS

    def __init__(self, reason: str, *, code: str = "", fault: Fault = Fault.OURS):
        super().__init__(reason, code=code)
        self.fault = fault
