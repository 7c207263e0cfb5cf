"""The till: everything to know before one pays, and the order that is then to be paid."""
from flask import Blueprint, redirect, url_for
from htmx_flask import request
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from blueprints import basket
from blueprints.fields import CHOOSE, PlainRadio
from blueprints.guard import needs
from blueprints.language import lazy
from blueprints.shop_words import shown
from blueprints.web import Form, actor, answer, db, now, page, transaction
from domain import checkouts, customers, payments, shop_deliveries
from domain.access import Right
from domain.payments import Means
from domain.shop_orders import ShopOrder

bp = Blueprint("checkout", __name__, url_prefix="/mina-sidor/kassa")
basket.init(bp)

MEANS = {Means.SWISH: lazy("Swish"), Means.CARD: lazy("Bankkort (Visa eller Mastercard)")}


class MeansForm(Form):
    means = RadioField(lazy("Betala med"), default=Means.SWISH, invalid_choice_message=CHOOSE,
                       choices=[SelectChoice(each, name) for each, name in MEANS.items()],
                       option_widget=PlainRadio())


@bp.route("/", methods=["GET", "POST"])
@needs(Right.KEEP_ACCOUNT)
def new():
    who = basket.customer()
    if not customers.is_of_age(who, now=now()):
        return page("checkout/too_young.html")
    form = MeansForm()
    if form.validate_on_submit():
        with transaction(form):
            _order(form)
    cart = basket.priced(who)
    if not (form.location or cart.rows):
        return redirect(url_for("cart.show"), 303)
    return answer(form, "checkout/new.html", cart=cart, rows=shown(cart), customer=who)


def _order(form: MeansForm) -> None:
    order = checkouts.place(db, basket.opened(), by=actor(), now=now(),
                            agreed_ore=request.form.get("agreed_ore", type=int))
    if order.total_ore:
        form.then(begin(order, form))
    else:
        shop_deliveries.paid(db, order, None, now=now())
        form.then(url_for("customer_orders.show", shop_order_id=order.id))


def begin(order: ShopOrder, form: MeansForm) -> str:
    """Where the order is paid by the chosen means."""
    payment = payments.begin(db, order, Means(form.means.data), now=now())
    return url_for("payments.show", payment_id=payment.id)
