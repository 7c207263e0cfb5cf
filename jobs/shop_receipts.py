"""The letter with the receipt of an order in the shop: written as it is sent, so that it says what
has come of the order by then."""
from functools import partial

from sqlalchemy.orm import Session

from documents import shop_receipt
from documents.shop_receipt import Reader, Receipt, Seller
from domain import months, shop_receipts
from domain.messages import Email
from domain.shop_orders import ShopOrder
from jobs import Portal
from translations import catalogue, formats


def values(portal: Portal, session: Session, email: Email) -> dict:
    """What the letter's template takes."""
    order = session.get_one(ShopOrder, email.about_id)
    return {"number": order.number, "order_id": order.id,
            "receipt": _receipt(portal, session, order, email.language)}


def files(told: dict) -> list[tuple[str, bytes]]:
    """What goes with it."""
    return [(f"{told['receipt'].title}.pdf", shop_receipt.pdf(told["receipt"]))]


def _receipt(portal: Portal, session: Session, order: ShopOrder, language: str) -> Receipt:
    now = portal.world.clock.now()
    written = {"language": language, "today": months.today(now)}
    return shop_receipt.of(
        order, shop_receipts.payment(session, order), now=now,
        seller=Seller(portal.brand_name, portal.brand_number, portal.brand_phone,
                      portal.brand_email),
        reader=Reader(language, catalogue(language).gettext, partial(formats.day, **written),
                      partial(formats.moment, **written)))
