"""The passwords of private customers: what is refused, how one is kept, and how it is compared."""
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from domain.errors import Invalid
from domain.texts import plain

COST = {"time_cost": 2, "memory_cost": 19_456, "parallelism": 1}
"""Of Argon2id: two rounds of 19 MiB, what OWASP asks for. A hash of another cost is made anew at
the next login."""
SHORTEST, LONGEST = 10, 200
EASY = 10**6
"""Fewer guesses than so, as zxcvbn counts them, and anybody may find it."""
KNOWN = ("lösenord", "losenord", "hemligt", "sommar", "sommaren", "vinter", "vintern", "hösten",
         "våren", "sverige", "jönköping", "länstrafiken", "resekort", "buss", "fotboll", "qwerty")
"""Words that a Swede chooses, and the English lists lack."""


def check(password: str, *own: str) -> None:
    """Refuses a password that is easy to guess; `own` is what others know of the person: their
    names and their address."""
    password = normal(password)
    if len(password) < SHORTEST:
        raise Invalid("Lösenordet behöver vara minst %(least)s tecken. En mening är lätt att "
                      "minnas och svår att gissa.", "password", least=SHORTEST)
    if len(password) > LONGEST:
        raise Invalid("Lösenordet får vara högst %(most)s tecken.", "password", most=LONGEST)
    if _is_of_own(password, own):
        raise Invalid("Lösenordet liknar ditt namn eller din e-postadress. Välj ett annat.",
                      "password")
    if _is_easy(password, own):
        raise Invalid("Lösenordet är vanligt eller lätt att gissa. Välj ett annat, gärna en "
                      "mening.", "password")


def hashed(password: str) -> str:
    return _hasher(tuple(COST.values())).hash(normal(password))


def matches(password_hash: str | None, password: str) -> bool:
    """Whether that is the password. Without a hash it is not, and that takes as long to say."""
    try:
        _hasher(tuple(COST.values())).verify(password_hash or _nobodys(tuple(COST.values())),
                                             normal(password[:LONGEST]))
    except (VerificationError, InvalidHashError):
        return False
    return bool(password_hash)


def is_outdated(password_hash: str) -> bool:
    """Whether it was made at another cost than now."""
    return _hasher(tuple(COST.values())).check_needs_rehash(password_hash)


def normal(password: str) -> str:
    """An å is the same whichever keyboard it was typed on."""
    return unicodedata.normalize("NFKC", password)


def _is_of_own(password: str, own: tuple[str, ...]) -> bool:
    """Whether little is left without the person's own words."""
    left = plain(password)
    for word in sorted(_words(own), key=len, reverse=True):
        left = left.replace(word, "")
    return len(left) < 6 and left != plain(password)


def _words(own: tuple[str, ...]) -> set[str]:
    apart = " ".join(own).replace("@", " ").replace(".", " ").replace("-", " ").split()
    return {word for each in apart if len(word := plain(each)) >= 3}


def _is_easy(password: str, own: tuple[str, ...]) -> bool:
    from zxcvbn import zxcvbn  # eight hundred kilobytes that only a new password needs

    told = zxcvbn(password[:72].casefold(), user_inputs=[*_words(own), *KNOWN])
    return told["guesses"] < EASY


@cache
def _hasher(cost: tuple[int, int, int]) -> PasswordHasher:
    return PasswordHasher(*cost)


@cache
def _nobodys(cost: tuple[int, int, int]) -> str:
    """To compare with when there is no account, so that the time does not tell."""
    return _hasher(cost).hash("a password that nobody has")
