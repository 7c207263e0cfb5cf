"""A clerk pays back what a customer has bought."""
from uuid import UUID

from flask import Blueprint
from wtforms.fields.choices import SelectChoice

from blueprints.fields import KronorField, ManyField, required
from blueprints.formats import day
from blueprints.guard import needs, takes_files
from blueprints.language import _, lazy
from blueprints.service_forms import ActForm, act, by
from blueprints.web import db
from blueprints.words import word
from domain import service_refunds, shop_orders, shop_words
from domain.access import Right
from domain.money import kr
from domain.shop_orders import ShopOrder, ShopOrderLine

bp = Blueprint("customer_refunds", __name__, url_prefix="/intern/kunder/<uuid:customer_id>")


class RefundForm(ActForm):
    lines = ManyField(lazy("Vad"), validators=[required(lazy("Välj minst en rad."))])
    amount = KronorField(lazy("Bara en del"), needed=False, description=lazy(
        "I kronor, av en enda rad. Lämna tomt när allt som är kvar ska betalas tillbaka."))

    def __init__(self, order: ShopOrder, **kwargs):
        super().__init__(**kwargs)
        self._order = order
        self.lines.choices = [SelectChoice(str(line.id), _title(line)) for line in order.lines
                              if service_refunds.left(line)]

    @property
    def chosen(self) -> list[ShopOrderLine]:
        return [line for line in self._order.lines if str(line.id) in (self.lines.data or ())]


def _title(line: ShopOrderLine) -> str:
    return f"{shop_words.title(line, _)}, {kr(service_refunds.left(line))}"


@bp.route("/ordrar/<uuid:shop_order_id>/aterbetalning", methods=["GET", "POST"])
@needs(Right.SERVE_CUSTOMERS)
@takes_files
def order(customer_id: UUID, shop_order_id: UUID):
    bought = shop_orders.find(db, shop_order_id, customer_id=customer_id)
    form = RefundForm(bought)
    return act(
        customer_id, form, lambda customer: service_refunds.refund(
            db, customer, bought, form.chosen, form.amount.value, form.why, **by()),
        _("Pengarna är på väg till kunden."), label=_("Betala tillbaka"),
        title=_("Betala tillbaka order %(number)s", number=bought.number), kind="danger",
        about=[(_("Lagd"), day(bought.placed_at)), (_("Summa"), kr(bought.total_ore)),
               (_("Redan tillbaka"), kr(bought.refunded_ore)), (_("Läge"), word(bought.state))],
        text=_("Pengarna går samma väg som de kom. Det som betalas tillbaka helt och inte är "
               "använt tas tillbaka samtidigt. En köpt biljett som är aktiverad behåller "
               "kunden."))


@bp.route("/laddningar/<uuid:load_id>/aterbetalning", methods=["GET", "POST"])
@needs(Right.SERVE_CUSTOMERS)
@takes_files
def load(customer_id: UUID, load_id: UUID):
    waiting = service_refunds.find_load(db, load_id, customer_id=customer_id)
    form = ActForm()
    return act(
        customer_id, form, lambda customer: service_refunds.end_load(
            db, customer, waiting, form.why, **by()),
        _("Pengarna är på väg till kunden."), label=_("Betala tillbaka"), kind="danger",
        title=_("Betala tillbaka en laddning"),
        about=[(_("Laddning"), kr(waiting.amount_ore)), (_("Köpt"), day(waiting.paid_at)),
               (_("Kan användas till"), day(waiting.expires_at))],
        text=_("Laddningen går inte att använda längre. Pengarna går samma väg som de kom."))
