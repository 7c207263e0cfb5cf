"""Everything outside this program that it talks to, built in one place."""
from dataclasses import dataclass, field

from integrations.bankid import BankId
from integrations.clock import Clock
from integrations.email import Email
from integrations.queue import Queue
from integrations.sms import Sms
from integrations.ticket_keys import TicketKeys
from integrations.webhooks import Webhooks


@dataclass(frozen=True)
class World:
    clock: Clock
    queue: Queue
    bankid: BankId
    sms: Sms
    email: Email
    ticket_keys: TicketKeys
    metadata_keys: TicketKeys | None = None
    """What signs the description of ourselves: never a ticket's key."""
    webhooks: Webhooks = field(default_factory=Webhooks)
