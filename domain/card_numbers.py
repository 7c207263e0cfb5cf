"""Numbers of travel cards: an issuer's prefix, a serial number, and a check digit."""
import re

from stdnum import luhn

from domain.errors import Invalid
from domain.rules import Rules


def parse_card(text: str, allowed: Rules) -> str:
    """The digits alone, as they are printed."""
    number = re.sub(r"[\s\u200b\ufeff.-]", "", text)
    if not (number.isascii() and number.isdigit()):
        raise Invalid("Kortnumret består av siffror. Det står på kortets baksida.")
    if len(number) != allowed.card_digits:
        raise Invalid("Kortnumret ska ha %(digits)s siffror. Det står på kortets baksida.",
                      digits=allowed.card_digits)
    if not number.startswith(prefix(allowed)):
        raise Invalid("Kortnumret ska börja med %(prefix)s. Kort från andra går inte att ladda "
                      "här.", prefix=prefix(allowed))
    if not luhn.is_valid(number):
        raise Invalid("Kortnumret stämmer inte. Kontrollera siffrorna.")
    return number


def prefix(allowed: Rules) -> str:
    return f"{allowed.card_prefix:04}"


def make_card(serial: int, allowed: Rules) -> str:
    """The number of the card with that serial number."""
    start = prefix(allowed)
    bare = f"{start}{serial:0{allowed.card_digits - len(start) - 1}}"
    return bare + luhn.calc_check_digit(bare)


def show_card(number: str) -> str:
    """In fours: 9752 0000 0000 0121."""
    return " ".join(number[place:place + 4] for place in range(0, len(number), 4))


def mask_card(number: str) -> str:
    return f"•••• {number[-4:]}"
