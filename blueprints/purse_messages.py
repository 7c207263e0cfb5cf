"""What is said of purses over the validation API."""
import re
from typing import Any

from blueprints.validation_messages import EVENT_ID, moment, number, text, written
from domain.errors import Invalid
from domain.price_lists import Price
from domain.products import Extent, Product, single_minutes
from domain.purse_lists import Entries, Listed
from domain.purse_payments import Payment, Receipt
from domain.rules import Rules
from domain.validations import Result

CARD = re.compile(r"[0-9]{8,24}")


def listed(entries: Entries, prices: list[Price], *, issuer: str, rules: Rules) -> dict[str, Any]:
    singles = {each.extent: each.price_ore for each in prices
               if each.product == Product.SINGLE and each.extent != Extent.BORDER}
    return {"purses": [{"tokenIssuer": issuer, **_entry(each)} for each in entries.rows],
            "prices": {extent: {"price": price, "minutes": single_minutes(extent, rules)}
                       for extent, price in singles.items()},
            "last": entries.last}


def _entry(each: Listed) -> dict[str, Any]:
    return {
        "id": each.entry, "tokenId": each.number, "balance": each.balance_ore,
        "waiting": [{"loadId": str(load.id), "amount": load.amount_ore,
                     "activateBy": written(load.expires_at)} for load in each.loads],
        "refused": each.refused}


def payment(said: Any, card: str | None = None) -> Payment:
    """Raises Invalid, with the name of what is wrong."""
    if not isinstance(said, dict):
        raise Invalid("En läsning är ett JSON-objekt.", "body")
    zone = number(said, "zone", 999_999)
    if zone is None:
        raise Invalid("%(name)s saknas eller är fel skrivet.", "zone", name="zone")
    to_zone = number(said, "toZone", 999_999)
    return Payment(text(said, "eventId", EVENT_ID),
                   text(said if card is None else {"tokenId": card}, "tokenId", CARD),
                   moment(said), zone, zone if to_zone is None else to_zone,
                   number(said, "eventResult", max(Result) + 2))


def receipt(paid: Payment, given: Receipt) -> dict[str, Any]:
    return {"eventId": paid.event_id, "tokenId": paid.number, "eventResult": given.result,
            "reason": given.reason, "price": given.price_ore, "taken": given.taken_ore,
            "balance": given.balance_ore, "activated": given.loaded_ore,
            "validUntil": given.valid_until}
