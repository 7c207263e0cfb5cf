"""Settings, read once from the environment. Nothing else reads `os.environ`."""
import re
from base64 import b64decode
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from ipaddress import ip_address
from os import environ
from pathlib import Path
from typing import Any, Literal, NoReturn, cast, get_args
from urllib.parse import urlsplit

from stdnum import luhn

from documents.invoice import Seller
from domain.rules import Rules

Environment = Literal["development", "production", "testing"]

PAPER, NIGHT = "#fbfaf7", "#10181e"
"""The page behind the brand's colour, light and dark."""
READABLE = 4.5
MAIL_PORTS = {25, 465, 587}
TEST_HOSTS = {"mss.cpc.getswish.net", "test.api.dibspayment.eu"}
WELL_KNOWN = re.compile(r"secret|change.?me|password|example|default|12345678|abcdefgh", re.I)


class ConfigError(SystemExit):
    """A setting that is missing or wrong: one line that names its variable.

    Unless it is caught, the program writes that line and exits 1, whichever program it is.
    """


@dataclass(frozen=True)
class Brand:
    name: str = "Jönköpings Länstrafik"
    short: str = "JLT"
    organisation_number: str = "232100-0057"
    phone: str = "0771-444 333"
    email: str = "kundservice@jlt.example"
    hours: str = "mån–fre 07–20, lör–sön 09–18"
    hours_en: str = "Mon–Fri 07–20, Sat–Sun 09–18"
    local_service_phone: str = "020-77 76 66"
    """Where a journey by Närtrafik is booked."""
    street: str = "Box 372"
    postcode: str = "551 15"
    city: str = "Jönköping"
    vat_number: str = ""
    """SE and twelve digits; left out it is made of the organisation number."""
    bankgiro: str = ""
    """Where invoices are paid to."""
    f_tax: bool = True
    """Whether invoices say that we are approved for F-skatt."""
    colour: str = "#00566b"
    colour_dark: str = "#6cc9df"


@dataclass(frozen=True)
class Config:
    """One portal's settings. The defaults are those of the real world, never of the sandbox."""

    environment: Environment
    secret_key: str = field(repr=False)
    """Signs cookies."""
    data_key: bytes = field(repr=False)
    """32 bytes that seal personal data in the database. Without them it cannot be read again."""
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    base_url: str
    """Where people reach the portal, without a slash at the end."""

    bankid_url: str = "https://appapi2.bankid.com/rp/v6.0"
    """RP API, without a slash at the end; `/auth` and the others follow."""
    bankid_certificate: Path | None = None
    """PEM file with our certificate and its key; None where the other side asks for none."""
    bankid_ca: Path | None = None
    """PEM file with the root that BankID's own certificate leads to."""
    bankid_start_url: str = "bankid:///"
    """What opens the BankID app on the same computer; `?autostarttoken=…` follows."""

    sms_url: str = "https://api.46elks.com/a1"
    """46elks' API, without a slash at the end; `/sms` follows."""
    sms_user: str = ""
    sms_password: str = field(default="", repr=False)
    sms_sender: str = "JLT"
    sms_report_key: str = field(default="", repr=False)
    """Known to us and 46elks: a delivery report without it is not believed."""

    swish_url: str = "https://cpc.getswish.net/swish-cpcapi/api"
    """Swish Commerce's API, without a slash at the end; `/v2/paymentrequests` and others follow."""
    swish_certificate: Path | None = None
    """As BankID's."""
    swish_ca: Path | None = None
    """PEM file with the root that Swish's own certificate leads to; None: those of the system."""
    swish_payee: str = ""
    """Our Swish number, 123…, as in the certificate."""
    swish_app_url: str = "swish://paymentrequest"
    """What opens the Swish app on the same phone; `?token=…` follows."""

    nets_url: str = "https://api.dibspayment.eu"
    """Nets Easy's API, without a slash at the end; `/v1/payments` and others follow."""
    nets_secret_key: str = field(default="", repr=False)

    smtp_host: str = "localhost"
    smtp_port: int = 25
    smtp_user: str = ""
    smtp_password: str = field(default="", repr=False)
    smtp_starttls: bool = False
    email_from: str = "Jönköpings Länstrafik <no-reply@localhost>"

    peppol_url: str = ""
    """The access point's API, without a slash at the end; `/outbound` follows."""
    peppol_token: str = field(default="", repr=False)
    peppol_folder: Path | None = None
    """Where e-invoices are put as files, when no access point of ours takes them."""

    validation_token: str = field(default="", repr=False)
    """Known to us and the ticket system on board, which reads cards with it; empty: it may not."""

    ticket_key_file: Path | None = None
    """PEM file with the EC P-256 keys that sign tickets."""
    metadata_key_file: Path | None = None
    """PEM file with the EC P-256 key that signs what we publish of ourselves. Without it nothing is
    published but the ticket keys themselves."""
    ticket_issuer: str = "24"
    """Our participant id in BoB, the national ticket standard."""
    trusted_proxies: int = 0
    """How many proxies in front of us write X-Forwarded-For and X-Forwarded-Proto."""

    brand: Brand = field(default_factory=Brand)
    rules: Rules = field(default_factory=Rules)

    @classmethod
    def from_env(cls, env: Mapping[str, str] = environ) -> "Config":
        """Raises ConfigError for the first setting that cannot be used."""
        read = Reader(env)
        config = cls(
            environment=read.environment("PORTAL_ENV"),
            secret_key=read.needed("PORTAL_SECRET_KEY"),
            data_key=read.key("PORTAL_DATA_KEY"),
            database_url=read.url("PORTAL_DATABASE_URL", None, ("sqlite", "postgresql")),
            redis_url=read.url("PORTAL_REDIS_URL", None, ("redis", "rediss", "unix")),
            base_url=read.url("PORTAL_BASE_URL", None),
            bankid_url=read.url("PORTAL_BANKID_URL", cls.bankid_url),
            bankid_certificate=read.file("PORTAL_BANKID_CERTIFICATE"),
            bankid_ca=read.file("PORTAL_BANKID_CA"),
            bankid_start_url=read.text("PORTAL_BANKID_START_URL", cls.bankid_start_url),
            sms_url=read.url("PORTAL_SMS_URL", cls.sms_url),
            sms_user=read.text("PORTAL_SMS_USER", cls.sms_user),
            sms_password=read.text("PORTAL_SMS_PASSWORD", cls.sms_password),
            sms_sender=read.text("PORTAL_SMS_SENDER", cls.sms_sender),
            sms_report_key=read.text("PORTAL_SMS_REPORT_KEY", cls.sms_report_key),
            swish_url=read.url("PORTAL_SWISH_URL", cls.swish_url),
            swish_certificate=read.file("PORTAL_SWISH_CERTIFICATE"),
            swish_ca=read.file("PORTAL_SWISH_CA"),
            swish_payee=read.text("PORTAL_SWISH_PAYEE", cls.swish_payee),
            swish_app_url=read.text("PORTAL_SWISH_APP_URL", cls.swish_app_url),
            nets_url=read.url("PORTAL_NETS_URL", cls.nets_url),
            nets_secret_key=read.text("PORTAL_NETS_SECRET_KEY", cls.nets_secret_key),
            smtp_host=read.text("PORTAL_SMTP_HOST", cls.smtp_host),
            smtp_port=read.number("PORTAL_SMTP_PORT", cls.smtp_port),
            smtp_user=read.text("PORTAL_SMTP_USER", cls.smtp_user),
            smtp_password=read.text("PORTAL_SMTP_PASSWORD", cls.smtp_password),
            smtp_starttls=read.switch("PORTAL_SMTP_STARTTLS", cls.smtp_starttls),
            email_from=read.text("PORTAL_EMAIL_FROM", cls.email_from),
            peppol_url=read.url("PORTAL_PEPPOL_URL", cls.peppol_url),
            peppol_token=read.text("PORTAL_PEPPOL_TOKEN", cls.peppol_token),
            peppol_folder=read.folder("PORTAL_PEPPOL_FOLDER"),
            validation_token=read.text("PORTAL_VALIDATION_TOKEN", cls.validation_token),
            ticket_key_file=read.file("PORTAL_TICKET_KEY_FILE"),
            metadata_key_file=read.file("PORTAL_METADATA_KEY_FILE"),
            ticket_issuer=read.text("PORTAL_TICKET_ISSUER", cls.ticket_issuer),
            trusted_proxies=read.number("PORTAL_TRUSTED_PROXIES", cls.trusted_proxies),
            brand=read.brand(),
            rules=Rules(**{rule: read.number(f"PORTAL_RULE_{rule.upper()}", default)
                           for rule, default in asdict(Rules()).items()}),
        )
        if config.environment != "testing":
            read.needed("PORTAL_TICKET_KEY_FILE")
        if config.environment == "production":
            config._refuse_what_is_not_for_production(read)
        return config

    @property
    def seller(self) -> Seller:
        """Who sells, as it stands on an invoice."""
        brand = self.brand
        digits = "".join(filter(str.isdigit, brand.organisation_number))
        return Seller(
            brand.name, brand.organisation_number, brand.vat_number or f"SE{digits}01",
            brand.street, brand.postcode, brand.city, brand.phone, brand.email, brand.bankgiro,
            brand.f_tax, self.base_url)

    def _refuse_what_is_not_for_production(self, read: "Reader") -> None:
        if _is_weak(self.secret_key):
            raise ConfigError("PORTAL_SECRET_KEY can be guessed: take 32 random characters or more")
        if len(set(self.data_key)) < 10:
            raise ConfigError("PORTAL_DATA_KEY can be guessed: take 32 random bytes")
        if self.validation_token and _is_weak(self.validation_token):
            raise ConfigError("PORTAL_VALIDATION_TOKEN can be guessed: take 32 random characters "
                              "or more")
        if not self.base_url.startswith("https://"):
            raise ConfigError("PORTAL_BASE_URL must begin with https:// in production")
        for variable, url in (("PORTAL_BANKID_URL", self.bankid_url),
                              ("PORTAL_SMS_URL", self.sms_url),
                              ("PORTAL_SWISH_URL", self.swish_url),
                              ("PORTAL_NETS_URL", self.nets_url),
                              ("PORTAL_PEPPOL_URL", self.peppol_url)):
            if url and _is_sandbox(url):
                raise ConfigError(f"{variable} is a sandbox, {url}: it is not for production")
        if _is_near(self.smtp_host) and self.smtp_port not in MAIL_PORTS:
            raise ConfigError("PORTAL_SMTP_HOST is a sandbox: a mail server on this machine "
                              "listens at port 25, 465 or 587")
        for variable in ("PORTAL_BANKID_CERTIFICATE", "PORTAL_BANKID_CA", "PORTAL_SMS_USER",
                         "PORTAL_SMS_PASSWORD", "PORTAL_SMS_REPORT_KEY", "PORTAL_EMAIL_FROM",
                         "PORTAL_BRAND_EMAIL", "PORTAL_SWISH_CERTIFICATE", "PORTAL_SWISH_PAYEE",
                         "PORTAL_NETS_SECRET_KEY", "PORTAL_BRAND_BANKGIRO"):
            read.needed(variable)
        if not self.peppol_folder:
            read.needed("PORTAL_PEPPOL_URL")
            read.needed("PORTAL_PEPPOL_TOKEN")
        if self.nets_secret_key.startswith("test-"):
            raise ConfigError("PORTAL_NETS_SECRET_KEY is of their test environment")


class Reader:
    """Reads one variable at a time; what cannot be used is a ConfigError."""

    def __init__(self, env: Mapping[str, str]):
        self._env = env

    def text(self, variable: str, default: str) -> str:
        return self._env.get(variable, "").strip() or default

    def needed(self, variable: str) -> str:
        return self.text(variable, "") or _refuse(variable, "is missing")

    def environment(self, variable: str) -> Environment:
        value = self.needed(variable)
        return cast(Environment, value) if value in get_args(Environment) else _refuse(
            variable, f"is one of {', '.join(get_args(Environment))}")

    def number(self, variable: str, default: int) -> int:
        value = self.text(variable, str(default))
        return int(value) if re.fullmatch(r"\d{1,12}", value) else _refuse(
            variable, f"is a whole number, not {value!r}")

    def switch(self, variable: str, default: bool) -> bool:
        value = self.text(variable, "yes" if default else "no")
        return value == "yes" if value in ("yes", "no") else _refuse(variable, "is yes or no")

    def key(self, variable: str) -> bytes:
        value = self.needed(variable)
        try:
            key = b64decode(value.replace("-", "+").replace("_", "/"), validate=True)
        except ValueError:
            key = b""
        return key if len(key) == 32 else _refuse(variable, "is 32 random bytes written in base64")

    def file(self, variable: str) -> Path | None:
        value = self.text(variable, "")
        if value and not Path(value).is_file():
            _refuse(variable, f"names a file that is not there: {value}")
        return Path(value) if value else None

    def folder(self, variable: str) -> Path | None:
        value = self.text(variable, "")
        if value and not Path(value).is_dir():
            _refuse(variable, f"names a folder that is not there: {value}")
        return Path(value) if value else None

    def url(self, variable: str, default: str | None, schemes: Iterable[str] = ("http", "https"),
            ) -> str:
        value = self.needed(variable) if default is None else self.text(variable, default)
        if not value:
            return value
        scheme, _, rest = value.partition("://")
        if scheme.partition("+")[0] not in schemes or not rest:
            _refuse(variable, f"is an address that begins with {' or '.join(schemes)}://")
        return value.rstrip("/")

    def brand(self) -> Brand:
        read: dict[str, Any] = {"f_tax": self.switch("PORTAL_BRAND_F_TAX", Brand.f_tax)}
        brand = Brand(**{part: self.text(f"PORTAL_BRAND_{part.upper()}", default)
                         for part, default in asdict(Brand()).items() if part not in read} | read)
        if brand.bankgiro and not _is_bankgiro(brand.bankgiro):
            _refuse("PORTAL_BRAND_BANKGIRO", f"is no bankgiro number: {brand.bankgiro}")
        if brand.vat_number and not re.fullmatch(r"SE\d{12}", brand.vat_number):
            _refuse("PORTAL_BRAND_VAT_NUMBER", "is written SE and twelve digits, not "
                                               f"{brand.vat_number!r}")
        for variable, colour, page in (("PORTAL_BRAND_COLOUR", brand.colour, PAPER),
                                       ("PORTAL_BRAND_COLOUR_DARK", brand.colour_dark, NIGHT)):
            if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
                _refuse(variable, f"is written #rrggbb, not {colour!r}")
            if contrast(colour, page) < READABLE:
                _refuse(variable, f"cannot be read: {colour} on {page} is "
                                  f"{contrast(colour, page):.1f}:1, and {READABLE}:1 is the least")
        return brand


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio of two colours `#rrggbb`, from 1 to 21."""
    def luminance(colour: str) -> float:
        parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
                            for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _refuse(variable: str, why: str) -> NoReturn:
    raise ConfigError(f"{variable} {why}")


def _is_bankgiro(text: str) -> bool:
    digits = text.replace("-", "")
    return bool(re.fullmatch(r"\d{7,8}", digits, re.ASCII)) and luhn.is_valid(digits)


def _is_weak(secret: str) -> bool:
    return len(secret) < 32 or len(set(secret)) < 10 or bool(WELL_KNOWN.search(secret))


def _is_sandbox(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return (not url.startswith("https://") or _is_near(host) or host in TEST_HOSTS
            or host.endswith(".test.bankid.com"))


def _is_near(host: str) -> bool:
    """Whether the host is this machine or its own network, where only a sandbox would be."""
    try:
        return ip_address(host).is_private
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local"))
