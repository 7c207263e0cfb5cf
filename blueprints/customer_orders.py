"""What a private customer has bought: each order with its lines on their way, and its receipt."""
from datetime import timedelta
from io import BytesIO
from uuid import UUID

from flask import Blueprint, current_app, send_file, url_for
from htmx_flask import request

from blueprints.checkout import MeansForm, begin
from blueprints.formats import day, moment
from blueprints.guard import needs
from blueprints.language import _, language, sentence
from blueprints.order_stops import stops
from blueprints.shop_words import details, title
from blueprints.web import actor, answer, db, done, now, page, transaction
from documents import shop_receipt
from documents.shop_receipt import Reader, Seller
from domain import checkouts, payments, refunds, shop_orders, shop_receipts
from domain.access import Right
from domain.errors import NotFound
from domain.payments import Payment
from domain.shop_orders import ShopOrder, State
from domain.shop_receipts import MEANS_NAMES

bp = Blueprint("customer_orders", __name__, url_prefix="/mina-sidor/kop")

FRESH = timedelta(hours=1)
"""So long one is thanked."""
KINDS = {State.OPEN: "wait", State.PAID: "good", State.CANCELLED: "off", State.EXPIRED: "off"}


@bp.get("/")
@needs(Right.KEEP_ACCOUNT)
def index():
    listed = shop_orders.listed(db, actor().customer_id, after=request.args.get("efter", ""))
    return page("customer_orders/index.html", kinds=KINDS, names=_names, orders=listed)


def _names(order: ShopOrder) -> str:
    """Nytt resekort, Reskassa"""
    return ", ".join(dict.fromkeys(title(each) for each in order.lines))


@bp.route("/<uuid:shop_order_id>", methods=["GET", "POST"])
@needs(Right.KEEP_ACCOUNT)
def show(shop_order_id: UUID):
    """A post to it pays it anew, by the means that is chosen."""
    order, form = _found(shop_order_id), MeansForm()
    if form.validate_on_submit():
        with transaction(form):
            form.then(begin(order, form))
    return answer(form, "customer_orders/show.html", order=order, kinds=KINDS, title=title,
                  details=details, fresh=order.paid_at and now() - order.paid_at < FRESH,
                  stops=stops(order), refunds=refunds.of_order(db, order.id),
                  sentence=sentence, asked=_asked(order), **_paid_with(order))


def _asked(order: ShopOrder) -> Payment | None:
    """A payment that the bank has not answered: nobody is asked to pay again meanwhile."""
    return next((each for each in payments.of_order(db, order.id)
                 if each.state == payments.State.UNKNOWN), None) if order.awaits_payment else None


def _paid_with(order: ShopOrder) -> dict:
    payment = shop_receipts.payment(db, order)
    return {"payment": payment, "means": _(MEANS_NAMES[payment.means]) if payment else ""}


@bp.post("/<uuid:shop_order_id>/avbrott")
@needs(Right.KEEP_ACCOUNT)
def cancel(shop_order_id: UUID):
    order = _found(shop_order_id)
    with transaction():
        checkouts.cancel(db, order, by=actor(), now=now())
    return done(url_for("cart.show"), _("Köpet är avbrutet. Det du valde ligger i varukorgen."))


@bp.get("/<uuid:shop_order_id>/kvitto.pdf")
@needs(Right.KEEP_ACCOUNT)
def receipt(shop_order_id: UUID):
    order = _found(shop_order_id)
    if order.state != State.PAID:
        raise NotFound("Kvittot finns när köpet är betalt.")
    brand = current_app.config["PORTAL"].brand
    document = shop_receipt.pdf(shop_receipt.of(
        order, shop_receipts.payment(db, order), now=now(),
        seller=Seller(brand.name, brand.organisation_number, brand.phone, brand.email),
        reader=Reader(language(), _, day, moment)))
    return send_file(BytesIO(document), "application/pdf", as_attachment=True,
                     download_name=_("Kvitto %(number)s.pdf", number=order.number))


def _found(shop_order_id: UUID) -> ShopOrder:
    return shop_orders.find(db, shop_order_id, customer_id=actor().customer_id)
