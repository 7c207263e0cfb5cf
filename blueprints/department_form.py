"""What is decided about a department, as a form."""
from wtforms.fields.choices import SelectChoice

from blueprints.fields import (
    MISSING,
    BoxesField,
    EmailField,
    KronorField,
    PostcodeField,
    TextField,
    ticked,
)
from blueprints.language import lazy
from blueprints.web import Form, actor, db
from blueprints.words import word
from domain import companies
from domain.departments import Details
from domain.products import COMPANY_PRODUCTS, Product
from domain.services import Service


def _used() -> list[SelectChoice]:
    used = companies.find(db, actor().company_id).services
    return [SelectChoice(each, word(each)) for each in used]


class DepartmentForm(Form):
    name = TextField(lazy("Namn"))
    reference_number = TextField(lazy("Referensnummer"), most=50, description=lazy(
        "Står på avdelningens faktura. En faktura i månaden för varje referensnummer."))
    cost_centre = TextField(lazy("Kostnadsställe"), most=50, needed=False)
    services = BoxesField(lazy("Tjänster som resenärerna får använda"), choices=_used,
                          validators=[ticked(lazy("Välj minst en tjänst."))])
    products = BoxesField(lazy("Biljetter som resenärerna får använda"),
                          validators=[ticked(lazy("Välj minst en biljett."))],
                          choices=lambda: [
        SelectChoice(each, word(each)) for each in COMPANY_PRODUCTS])
    monthly_budget = KronorField(
        lazy("Månadsbudget för Tjänsteresor"), needed=False, description=lazy(
            "När den är förbrukad går det inte att köpa mer förrän nästa månad. Lämna tomt om "
            "avdelningen inte har någon budget."))
    invoice_street = TextField(lazy("Gatuadress"), needed=False)
    invoice_postcode = PostcodeField(lazy("Postnummer"), needed=False)
    invoice_city = TextField(lazy("Ort"), needed=False)
    invoice_email = EmailField(lazy("E-post för fakturor"), needed=False)

    @property
    def address(self) -> list:
        return [self.invoice_street, self.invoice_postcode, self.invoice_city]

    @property
    def own_address(self) -> bool:
        """Whether anything of it is filled in, or wrong."""
        return any(each.data or each.errors for each in [*self.address, self.invoice_email])

    def validate(self, extra_validators=None) -> bool:
        valid = super().validate(extra_validators)
        missing = [each for each in self.address if not each.data]
        if len(missing) in (0, len(self.address)):
            return valid
        for each in missing:
            each.errors = [str(MISSING)]
        return False

    def details(self) -> Details:
        services, products = self.services.chosen, self.products.chosen
        return Details(
            self.name.value, self.reference_number.value, self.cost_centre.value,
            services=services and tuple(map(Service, services)),
            products=products and tuple(map(Product, products)),
            monthly_budget_ore=self.monthly_budget.value,
            invoice_street=self.invoice_street.value,
            invoice_postcode=self.invoice_postcode.value, invoice_city=self.invoice_city.value,
            invoice_email=self.invoice_email.value)
