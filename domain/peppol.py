"""Where an e-invoice is sent: a Peppol id, with its scheme and a number that checks out."""
import re

from stdnum import ean

from domain.errors import Invalid
from domain.identity import parse_organisation_number

SHAPE = re.compile(r"(0007):(\d{10})|(0088):(\d{13})", re.ASCII)


def parse_peppol_id(text: str) -> str:
    """By a Swedish organisation number, 0007:, or by a GLN, 0088:."""
    bare = re.sub(r"[\s-]", "", text)
    found = SHAPE.fullmatch(bare)
    if found is None:
        raise Invalid("Ett Peppol-id börjar med 0007: och tio siffror, eller 0088: och tretton.")
    if found[1]:
        _check_organisation_number(found[2])
    elif not ean.is_valid(found[4]):
        raise Invalid("Sista siffran i Peppol-id:t stämmer inte. Kontrollera GLN-numret efter "
                      "0088:.")
    return bare


def _check_organisation_number(number: str) -> None:
    try:
        parse_organisation_number(number)
    except Invalid as wrong:
        raise Invalid("Sista siffran i Peppol-id:t stämmer inte. Kontrollera "
                      "organisationsnumret efter 0007:.") from wrong
