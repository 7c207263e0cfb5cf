"""Payments opened at the providers as the web does it, where no web is."""
from domain.payments import Means, Payment
from integrations import World
from integrations.nets import Item
from integrations.paying import Opened

PORTAL = "http://portal.example"


def open_at(world: World, payment: Payment) -> Opened:
    return (_by_swish if payment.means == Means.SWISH else _by_card)(world, payment)


def _by_swish(world, payment):
    return world.swish.open(payment.instruction_id, ore=payment.amount_ore, message="Köp",
                            reference=payment.order.number, callback_identifier="F" * 32,
                            callback_url=PORTAL)


def _by_card(world, payment):
    items = [Item(str(line.position), "Köp", line.amount_ore, line.vat_ore, line.vat_basis_points)
             for line in payment.order.lines if line.amount_ore]
    return world.nets.open(payment.instruction_id, reference=payment.order.number, items=items,
                           email="e@example.se", return_url=PORTAL, cancel_url=PORTAL,
                           terms_url=PORTAL, callback_url=PORTAL, authorization="F" * 32)
