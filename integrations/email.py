"""E-mail over SMTP."""
import logging
import smtplib
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from email.errors import ObsoleteHeaderDefect
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from mimetypes import guess_type
from time import perf_counter
from uuid import UUID

from integrations.errors import Fault, Refused, Unknown, Unreachable

TIMEOUT = 10
"""Seconds, for each answer."""

log = logging.getLogger(__name__)


class Email:
    """`sender` and `reply_to` are addresses, with or without a name: `Portalen <no@jlt.example>`.
    """

    def __init__(self, host: str, port: int, user: str = "", password: str = "", *,
                 starttls: bool = False, sender: str, reply_to: str | None = None):
        self._host = host
        self._port = port
        self._login = (user, password)
        self._starttls = starttls
        self._sender = _address(sender)
        self._reply_to = _address(reply_to or sender)

    def compose(self, *, id: UUID, to: str, subject: str, text: str, html: str,
                files: Iterable[tuple[str, bytes]] = (), now: datetime) -> EmailMessage:
        """A message from us. Its Message-ID is of its row's `id`, the same at a second sending, so
        that whoever receives it twice can tell. The names of `files` tell what they are. Raises
        Refused when `to` is no address."""
        message = EmailMessage(policy=SMTP)
        message["From"] = self._sender
        message["To"] = _address(to)
        message["Reply-To"] = self._reply_to
        message["Subject"] = " ".join(subject.split())
        message["Date"] = format_datetime(now)
        message["Message-ID"] = f"<{id}@{self._sender.domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        message.add_alternative(html, subtype="html")
        for name, content in files:
            kind, _encoding = guess_type(name)
            main, _slash, sub = (kind or "application/octet-stream").partition("/")
            message.add_attachment(content, main, sub, filename=name)
        return message

    def send(self, message: EmailMessage) -> None:
        """Raises Unreachable (not sent: try again), Unknown (may have been sent) or Refused."""
        began = perf_counter()
        with self._connected() as server, _failures_named(lost=Unknown):
            server.send_message(message)
        log.info("SMTP took a message in %.0f ms", (perf_counter() - began) * 1000)

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        with _failures_named(lost=Unreachable):
            server = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT)
        try:
            with _failures_named(lost=Unreachable):
                if self._starttls:
                    server.starttls(context=ssl.create_default_context())
                if self._login[0]:
                    server.login(*self._login)
            yield server
        finally:
            with suppress(OSError):
                server.quit()
            server.close()


@contextmanager
def _failures_named(*, lost: type[Unreachable]) -> Iterator[None]:
    """The server's own words may hold addresses, and are left out. smtplib's errors are OSErrors.
    """
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        code, _ = next(iter(error.recipients.values()))
        raise _answered(code, "the recipient", Fault.PERSON) from None
    except smtplib.SMTPResponseException as error:
        raise _answered(error.smtp_code, "us", Fault.OURS) from None
    except smtplib.SMTPNotSupportedError as error:
        raise Refused("the mail server lacks something we need") from error
    except OSError as error:
        raise lost("the mail server cannot be reached, or was lost") from error


def _answered(code: int, whom: str, fault: Fault) -> Unreachable | Refused:
    """4xx means later, 5xx never."""
    reason = f"the mail server answered {code} to {whom}"
    if code < 500:
        return Unreachable(reason, code=str(code))
    return Refused(reason, code=str(code), fault=fault)


def _address(text: str) -> Address:
    header = SMTP.header_factory("To", text)
    serious = [one for one in header.defects if not isinstance(one, ObsoleteHeaderDefect)]
    if len(header.addresses) != 1 or not header.addresses[0].domain or serious:
        raise Refused("this is not one e-mail address", fault=Fault.PERSON)
    address: Address = header.addresses[0]
    return address
