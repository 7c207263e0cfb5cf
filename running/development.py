"""The settings of a newcomer's portal: its own keys, its own Valkey, and the sandbox outside."""
import json
import os
import secrets
import sys
import tempfile
from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

HOST = "127.0.0.1"
LONGEST_SOCKET = 100
"""Bytes. Linux allows 107, macOS 103."""


@dataclass(frozen=True)
class Place:
    """Where a development portal lives: its folder, and the ports it is met at."""

    data: Path
    port: int
    sandbox_port: int

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def sandbox_url(self) -> str:
        return f"http://{HOST}:{self.sandbox_port}"

    @property
    def smtp_port(self) -> int:
        return self.sandbox_port + 1

    @property
    def sandbox_command(self) -> list[str]:
        return [sys.executable, "-m", "sandbox", "--port", str(self.sandbox_port),
                "--smtp-port", str(self.smtp_port), "--data", str(self.data / "sandbox.db"),
                "--portal", self.url]

    @property
    def database(self) -> Path:
        return self.data / "portal.db"

    @property
    def socket(self) -> Path:
        """Valkey's. In a temporary folder when the data folder's name is too long for a socket."""
        socket = self.data / "valkey.sock"
        if len(os.fsencode(socket)) <= LONGEST_SOCKET:
            return socket
        name = sha256(os.fsencode(socket)).hexdigest()[:16]
        return Path(tempfile.gettempdir(), f"portal-{os.getuid()}-{name}", "valkey.sock")

    @property
    def redis_url(self) -> str:
        return f"unix://{self.socket}"


def settle(place: Place) -> None:
    """Make the folder and the keys, readable by their owner alone; set what is not set yet."""
    os.umask(0o077)
    try:
        place.data.mkdir(parents=True, exist_ok=True)
        place.socket.parent.mkdir(exist_ok=True)
        tempfile.TemporaryFile(dir=place.data).close()
        settings = _settings(place)
    except OSError as error:
        sys.exit(f"The folder {place.data} cannot be used: {error.strerror}")
    if place.socket.parent.stat().st_uid != os.getuid():
        sys.exit(f"The folder {place.socket.parent} belongs to somebody else")
    for variable, value in settings.items():
        os.environ.setdefault(variable, value)


def _settings(place: Place) -> dict[str, str]:
    ticket_key, metadata_key = place.data / "ticket-key.pem", place.data / "metadata-key.pem"
    for key in (ticket_key, metadata_key):
        if not key.exists():
            from integrations import key_file  # a start that has its keys is quicker
            key_file.create(key)
    return {
        "PORTAL_ENV": "development",
        "PORTAL_DATABASE_URL": f"sqlite:///{place.database}",
        "PORTAL_REDIS_URL": place.redis_url,
        "PORTAL_BASE_URL": place.url,
        "PORTAL_BANKID_URL": f"{place.sandbox_url}/bankid/rp/v6.0",
        "PORTAL_BANKID_START_URL": f"{place.sandbox_url}/bankid/app",
        "PORTAL_SMS_URL": f"{place.sandbox_url}/46elks/a1",
        "PORTAL_SMS_USER": "sandbox",
        "PORTAL_SMS_PASSWORD": "sandbox",
        "PORTAL_SWISH_URL": f"{place.sandbox_url}/swish-cpcapi/api",
        "PORTAL_SWISH_PAYEE": "1234679304",
        "PORTAL_SWISH_APP_URL": f"{place.sandbox_url}/swish/app",
        "PORTAL_NETS_URL": f"{place.sandbox_url}/nets",
        "PORTAL_NETS_SECRET_KEY": "sandbox",
        "PORTAL_PEPPOL_URL": f"{place.sandbox_url}/peppol/ap",
        "PORTAL_PEPPOL_TOKEN": "sandbox",
        "PORTAL_BRAND_BANKGIRO": "991-2346",
        "PORTAL_VALIDATION_TOKEN": "sandbox",
        "PORTAL_SMTP_HOST": HOST,
        "PORTAL_SMTP_PORT": str(place.smtp_port),
        "PORTAL_TICKET_KEY_FILE": str(ticket_key),
        "PORTAL_METADATA_KEY_FILE": str(metadata_key),
        **_keys(place.data / "keys.json"),
    }


def _keys(file: Path) -> dict[str, str]:
    """Made once: with other keys, what is in the database could not be read."""
    if not file.exists():
        keys = {
            "PORTAL_SECRET_KEY": secrets.token_urlsafe(32),
            "PORTAL_DATA_KEY": b64encode(secrets.token_bytes(32)).decode(),
            "PORTAL_SMS_REPORT_KEY": secrets.token_urlsafe(32),
        }
        file.write_text(json.dumps(keys, indent=2))
    return dict(json.loads(file.read_text()))
