"""Numbers that name people, companies and phones: parsed or refused; sealed at rest."""
import hmac
import re
import unicodedata
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from itertools import count
from os import urandom

import phonenumbers
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from personnummer import personnummer as lib
from stdnum.exceptions import ValidationError
from stdnum.se import orgnr, postnummer

from domain.errors import Invalid

PERSONNUMMER = re.compile(r"\s*(\d\d)?(\d\d)(\d\d)(\d\d)[- ]?(?!000)(\d\d)(\d\d)\s*", re.ASCII)
LUHN = {f"{first}{second}": sum(divmod(2 * first, 10)) + second
        for first in range(10) for second in range(10)}
"""What two digits add to the checksum."""
BETWEEN_DIGITS = re.compile(
    r"[\s./'\u2019\u00ad\u200b-\u200f\u2010-\u2015\u202a-\u202e\u2060\u2212\ufeff-]")


def parse_personnummer(text: str) -> str:
    """Twelve digits. Coordination numbers are numbers too; ten digits are of somebody under 100
    years, with a plus of somebody over."""
    return _usual_personnummer(text) or _any_personnummer(text)


def _usual_personnummer(text: str) -> str | None:
    """What the library would answer, at a fifth of its time: a list has a hundred thousand."""
    found = PERSONNUMMER.fullmatch(text)
    if found is None:
        return None
    century, year, month, day, number, check = found.groups()
    if (LUHN[year] + LUHN[month] + LUHN[day] + LUHN[number] + LUHN[check]) % 10:
        return None
    full_year = century + year if century else _year_under_a_hundred(int(year))
    try:
        date(int(full_year), int(month), int(day) - 60 * (int(day) > 60))
    except ValueError:
        return None
    return f"{full_year}{month}{day}{number}{check}"


def _year_under_a_hundred(year: int) -> str:
    this_year = lib._get_current_date().year
    return str(this_year - (this_year - year) % 100)


def _any_personnummer(text: str) -> str:
    bare = BETWEEN_DIGITS.sub("", unicodedata.normalize("NFKC", text))
    try:
        if not bare.isascii():
            raise lib.PersonnummerParseException
        return lib.parse(bare).format(long_format=True)
    except lib.PersonnummerException as wrong:
        raise Invalid("Personnumret stämmer inte. Kontrollera alla tolv siffror.") from wrong


def mask_personnummer(number: str) -> str:
    return f"{number[:8]}-••••"


def parse_organisation_number(text: str) -> str:
    """Ten digits. A sole trader's is a personnummer."""
    bare = re.sub(r"[\s-]", "", text)
    if len(bare) == 12 and bare[:2] in ("16", "18", "19", "20"):
        bare = bare[2:]
    try:
        return orgnr.validate(bare)
    except ValidationError as wrong:
        raise Invalid("Organisationsnumret stämmer inte. Det har tio siffror: "
                      "556000-1234.") from wrong


def show_organisation_number(number: str) -> str:
    return f"{number[:6]}-{number[6:]}"


MOBILE = {phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE}
SWEDISH_MOBILE = re.compile(
    r"\s*(?:(?:\+46|0046|46)(?:\(0\))?|0)?(7[023689]\d{7})\s*", re.ASCII)
"""Without spaces and hyphens. A spreadsheet drops the leading zero."""
PART_OF_MOBILE = re.compile(r"(?:\+|0)[\d\s()/-]{2,}", re.ASCII)
LETTER_WITHIN = re.compile(r"\d.*[^\W\d_]", re.DOTALL)
"""Which the library reads as the key that it stands on, as in 070-BILJETT."""


def parse_mobile(text: str) -> str:
    """E.164, +46701740605. A number without a country is Swedish."""
    swedish = SWEDISH_MOBILE.fullmatch(text.replace(" ", "").replace("-", ""))
    return "+46" + swedish[1] if swedish else _any_mobile(text)


def _any_mobile(text: str) -> str:
    try:
        number = phonenumbers.parse(text, "SE")
    except phonenumbers.NumberParseException as wrong:
        raise Invalid("Skriv ett mobilnummer, till exempel 070-174 06 05.") from wrong
    if (LETTER_WITHIN.search(text) or not phonenumbers.is_valid_number(number)
            or phonenumbers.number_type(number) not in MOBILE):
        raise Invalid("Det är inte ett mobilnummer. Ett mobilnummer ser ut så här: 070-174 06 05.")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def begun_mobile(text: str) -> str | None:
    """The first digits of a mobile number, as the whole number would be kept; None when the text
    is the beginning of none."""
    if not PART_OF_MOBILE.fullmatch(text):
        return None
    digits = re.sub(r"\D", "", text)
    if text.startswith("+"):
        return f"+{digits}"
    return f"+{digits[2:]}" if digits.startswith("00") else f"+46{digits[1:]}"


def show_mobile(number: str) -> str:
    """070-174 06 05; a foreign one with its country: +47 40 61 23 45."""
    if number.startswith("+467") and len(number) == 12:
        return f"0{number[3:5]}-{number[5:8]} {number[8:10]} {number[10:]}"
    parsed = phonenumbers.parse(number)
    swedish = parsed.country_code == 46
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, form.NATIONAL if swedish else form.INTERNATIONAL)


def mask_mobile(number: str) -> str:
    """070-••• •• 05: enough to know one's own number again."""
    shown = show_mobile(number)
    digits = [place for place, character in enumerate(shown) if character.isdigit()]
    hidden = set(digits[3:-2])
    return "".join("•" if place in hidden else each for place, each in enumerate(shown))


def parse_postcode(text: str) -> str:
    try:
        return postnummer.format(postnummer.validate(text))
    except ValidationError as wrong:
        raise Invalid("Postnumret har fem siffror: 553 20.") from wrong


ADDRESS = re.compile(r"""[^@\s,;<>"]+@[^@\s,;<>".]+(\.[^@\s,;<>".]+)+""")


def parse_email(text: str) -> str:
    address = text.strip()
    if len(address) > 254 or not address.isprintable() or not ADDRESS.fullmatch(address):
        raise Invalid("E-postadressen ska se ut så här: namn@foretag.se.")
    return address


class Vault:
    """Seals what must not be read in a stolen database, and finds it again without opening it.

    One secret of at least 32 bytes gives four keys: to seal (AES-GCM), and by HMAC to index
    personnummer, to hash short codes, and to make links and codes that need not be kept.
    """

    def __init__(self, secret: bytes):
        keys = HKDF(SHA256(), length=128, salt=None, info=b"portal vault 1").derive(secret)
        self._cipher = AESGCM(keys[:32])
        self._index_key, self._code_key, self._making_key = keys[32:64], keys[64:96], keys[96:]

    def seal(self, text: str, purpose: str) -> bytes:
        return self.seal_bytes(text.encode(), purpose)

    def open(self, sealed: bytes, purpose: str) -> str:
        return self.open_bytes(sealed, purpose).decode()

    def seal_bytes(self, plain: bytes, purpose: str) -> bytes:
        nonce = urandom(12)
        return nonce + self._cipher.encrypt(nonce, plain, purpose.encode())

    def seal_each(self, texts: Sequence[str], purpose: str) -> list[bytes]:
        """As `seal` does one; the nonces are drawn together, which for many takes half the time."""
        nonces, about, encrypt = urandom(12 * len(texts)), purpose.encode(), self._cipher.encrypt
        return [(nonce := nonces[at:at + 12]) + encrypt(nonce, text.encode(), about)
                for at, text in zip(count(step=12), texts, strict=False)]

    def open_bytes(self, sealed: bytes, purpose: str) -> bytes:
        return self._cipher.decrypt(sealed[:12], sealed[12:], purpose.encode())

    def index(self, personnummer: str) -> bytes:
        return hmac.digest(self._index_key, personnummer.encode(), "sha256")

    def index_each(self, numbers: Sequence[str]) -> list[bytes]:
        digest, key = hmac.digest, self._index_key
        return [digest(key, number.encode(), "sha256") for number in numbers]

    def code_hash(self, code: str, owner: str) -> bytes:
        """A code of a few digits, hashed so that the database alone does not give it away."""
        return hmac.digest(self._code_key, f"{owner}:{code}".encode(), "sha256")

    def token(self, about: str) -> str:
        """22 characters that nobody can guess and we can make again, so that a message which is
        sent a second time carries the same link."""
        return urlsafe_b64encode(self._make(about)[:16]).decode().rstrip("=")

    def digits(self, about: str, count: int) -> str:
        """As `token`, but digits for a person to type."""
        return str(int.from_bytes(self._make(about)) % 10**count).rjust(count, "0")

    def _make(self, about: str) -> bytes:
        return hmac.digest(self._making_key, about.encode(), "sha256")


def token_hash(token: str) -> bytes:
    """A long random token needs no key to be safe as a hash."""
    return sha256(token.encode()).digest()
