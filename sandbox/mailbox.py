"""A mail server that takes everything and delivers nothing: its mails are read on a page."""
import email.policy
from email import message_from_bytes
from email.message import EmailMessage
from sqlite3 import Row

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from sandbox.faults import MAIL_DOWN, MAIL_LATER, MAIL_LOST, MAIL_NEVER, Faults
from sandbox.store import Store


class Mailbox:
    def __init__(self, store: Store, clock, faults: Faults):
        self._store = store
        self._clock = clock
        self.faults = faults

    def take(self, recipients: list[str], raw: bytes) -> None:
        self._store.change(
            "insert into mails (received_at, recipients, raw) values (:now, :recipients, :raw)",
            now=self._clock.now().timestamp(), recipients=", ".join(recipients),
            raw=raw.replace(b"\r\n", b"\n"))

    def rows(self, search: str = "") -> list[Row]:
        """The newest first."""
        return self._store.rows("select * from mails where recipients like '%' || :search || '%' "
                                "order by id desc limit 200", search=search)

    def row(self, id: int) -> Row | None:
        return self._store.row("select * from mails where id = :id", id=id)

    def mails(self, to: str = "") -> list[EmailMessage]:
        """The newest first."""
        return [read(row) for row in self.rows(to)]

    def listen(self, port: int = 0, host: str = "127.0.0.1") -> "Listener":
        """Starts to take mail, in a thread; the one who asks stops it. Port 0 means any free one.
        """
        listener = Listener(_Handler(self), hostname=host, port=port)
        listener.start()
        return listener


def read(row: Row) -> EmailMessage:
    return message_from_bytes(row["raw"], policy=email.policy.default)


class Listener(Controller):
    def factory(self):
        return _Server(self.handler, enable_SMTPUTF8=True, auth_require_tls=False,
                       authenticator=lambda *_: AuthResult(success=True))

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class _Server(SMTP):
    def connection_made(self, transport):
        super().connection_made(transport)
        if MAIL_DOWN in self.event_handler.mailbox.faults.on():
            transport.abort()


class _Handler:
    def __init__(self, mailbox: Mailbox):
        self.mailbox = mailbox

    async def handle_RCPT(self, server, session, envelope, address, options):
        faults = self.mailbox.faults.on()
        if MAIL_LATER in faults:
            return "451 Try again later"
        if MAIL_NEVER in faults:
            return "550 No such user here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.mailbox.take(envelope.rcpt_tos, envelope.content)
        if MAIL_LOST in self.mailbox.faults.on():
            server.transport.abort()
        return "250 Message accepted for delivery"
