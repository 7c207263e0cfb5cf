"""Who sells, as it stands on an invoice: the authority."""
from flask import current_app

from documents.invoice import Seller


def seller() -> Seller:
    return current_app.config["PORTAL"].seller
