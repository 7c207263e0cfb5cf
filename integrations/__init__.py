"""Everything outside this program that it talks to, built in one place."""
from dataclasses import dataclass, field

from integrations.bankid import BankId
from integrations.clock import Clock
from integrations.email import Email
from integrations.nets import Nets
from integrations.peppol import Transport
from integrations.queue import Queue
from integrations.sms import Sms
from integrations.swish import Swish
from integrations.ticket_keys import TicketKeys
from integrations.webhooks import Webhooks


@dataclass(frozen=True)
class World:
    clock: Clock
    queue: Queue
    bankid: BankId
    sms: Sms
    swish: Swish
    nets: Nets
    email: Email
    ticket_keys: TicketKeys
    peppol: Transport
    metadata_keys: TicketKeys | None = None
    """What signs the description of ourselves: never a ticket's key."""
    webhooks: Webhooks = field(default_factory=Webhooks)

    def payer(self, means: str) -> Swish | Nets:
        """Who takes that means of payment."""
        return self.swish if means == "swish" else self.nets
