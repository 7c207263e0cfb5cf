"""Work done outside a request. `worker` is the door; each other module is the doing of one noun."""
from dataclasses import dataclass

from documents.invoice import Seller
from domain.store import Store
from integrations import World


@dataclass(frozen=True)
class Portal:
    """What a job needs: the database, the world, and what a letter says of the portal."""

    store: Store
    world: World
    base_url: str
    sms_report_key: str
    brand_name: str
    brand_phone: str
    brand_email: str
    brand_number: str
    """The number of its organisation."""
    seller: Seller
    """Who sells, as it stands on an invoice."""
