"""An invoice or credit note as an e-invoice: Peppol BIS Billing 3, in the order that UBL wants.

A credit note says how much is credited: its amounts are above zero where those kept are below.
"""
import re
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from documents.invoice import (
    Buyer,
    InvoiceDocument,
    Row,
    Seller,
    Sum,
    digits,
    file_name,
    service_name,
)

UBL = "urn:oasis:names:specification:ubl:schema:xsd"
CBC, CAC = f"{UBL}:CommonBasicComponents-2", f"{UBL}:CommonAggregateComponents-2"
CUSTOMISATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
PROFILE = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
SWEDISH_NUMBER = "0007"
CREDIT_TRANSFER, BANKGIRO = "30", "SE:BANKGIRO"
F_SKATT = "Godkänd för F-skatt"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NOT_IN_XML = re.compile("[^\t\n -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
PRICE_PLACES = Decimal("1e-10")
CREDITED = "Beloppet räknas av mot kommande fakturor."

register_namespace("cbc", CBC)
register_namespace("cac", CAC)


@dataclass(frozen=True)
class Attached:
    name: str
    description: str
    mime_code: str
    content: bytes


def written(document: InvoiceDocument, attached: Attached | None = None) -> bytes:
    """Without something attached, the specification is where the portal shows it."""
    kind = "CreditNote" if document.is_credit else "Invoice"
    register_namespace("", f"{UBL}:{kind}-2")
    root = Element(f"{{{UBL}:{kind}-2}}{kind}")
    _fill(root, [*_head(document), *_references(document, attached),
                 ("AccountingSupplierParty", [("Party", _seller(document.seller))]),
                 ("AccountingCustomerParty", [("Party", _buyer(document.buyer))]),
                 *_payment(document), ("TaxTotal", _tax(document)),
                 ("LegalMonetaryTotal", _totals(document)),
                 *((f"{kind}Line", _line(document, number, row))
                   for number, row in enumerate(document.rows, start=1))])
    return tostring(root, encoding="utf-8", xml_declaration=True)


def _fill(parent: Element, parts: Iterable[tuple]) -> None:
    """Each part is a name, what is in it, and its attributes. An empty one is left out: the rules
    forbid it."""
    for name, inside, *attributes in parts:
        if isinstance(inside, list):
            child = Element(f"{{{CAC}}}{name}")
            _fill(child, inside)
            if len(child):
                parent.append(child)
        elif text := NOT_IN_XML.sub("", str(inside)).strip():
            SubElement(parent, f"{{{CBC}}}{name}", *attributes).text = text


def _head(document: InvoiceDocument) -> list[tuple]:
    due, kind = (("DueDate", document.due_on), ("InvoiceTypeCode", "380"))
    if document.is_credit:
        due, kind = ("DueDate", ""), ("CreditNoteTypeCode", "381")
    return [
        ("CustomizationID", CUSTOMISATION), ("ProfileID", PROFILE), ("ID", document.number),
        ("IssueDate", document.issued_on), due, kind, ("Note", document.reason),
        ("DocumentCurrencyCode", "SEK"),
        ("BuyerReference", document.reference.strip() or document.buyer.organisation_number),
        ("InvoicePeriod", [("StartDate", document.period_from), ("EndDate", document.period_to)]),
    ]


def _references(document: InvoiceDocument, attached: Attached | None) -> list[tuple]:
    earlier = [("BillingReference", [("InvoiceDocumentReference", [
        ("ID", number), ("IssueDate", issued)])]) for number, issued in document.earlier]
    described = [("ID", file_name(document, "xlsx")), ("DocumentDescription", "Specifikation")]
    if attached is None:
        at = [("ExternalReference", [("URI", document.where)])]
        return [*earlier, ("AdditionalDocumentReference", [*described, ("Attachment", at)])
                ] if document.where else earlier
    binary = ("EmbeddedDocumentBinaryObject", b64encode(attached.content).decode(),
              {"mimeCode": attached.mime_code, "filename": attached.name})
    return [*earlier, ("AdditionalDocumentReference", [
        ("ID", attached.name), ("DocumentDescription", attached.description),
        ("Attachment", [binary])])]


def _seller(seller: Seller) -> list[tuple]:
    number = digits(seller.organisation_number)
    f_skatt = [("CompanyID", F_SKATT), _scheme("TAX")] if seller.f_skatt else []
    return [
        ("EndpointID", number, {"schemeID": SWEDISH_NUMBER}),
        ("PartyName", [("Name", seller.name)]),
        _address(seller),
        ("PartyTaxScheme", [("CompanyID", seller.vat_number), _scheme("VAT")]),
        ("PartyTaxScheme", f_skatt),
        _legal(seller.name, number),
        ("Contact", [("Telephone", seller.phone), ("ElectronicMail", seller.email)]),
    ]


def _buyer(buyer: Buyer) -> list[tuple]:
    scheme, _, number = buyer.peppol_id.partition(":")
    return [
        ("EndpointID", number, {"schemeID": scheme}), ("PartyName", [("Name", buyer.name)]),
        _address(buyer), _legal(buyer.name, buyer.organisation_number),
        ("Contact", [("ElectronicMail", buyer.email)]),
    ]


def _address(whose: Seller | Buyer) -> tuple:
    return ("PostalAddress", [
        ("StreetName", whose.street), ("CityName", whose.city), ("PostalZone", whose.postcode),
        ("Country", [("IdentificationCode", "SE")])])


def _legal(name: str, number: str) -> tuple:
    return ("PartyLegalEntity", [
        ("RegistrationName", name), ("CompanyID", number, {"schemeID": SWEDISH_NUMBER})])


def _scheme(name: str) -> tuple:
    return ("TaxScheme", [("ID", name)])


def _payment(document: InvoiceDocument) -> list[tuple]:
    if document.is_credit:
        return [("PaymentTerms", [("Note", CREDITED)])]
    days = (document.due_on - document.issued_on).days
    account = [("ID", digits(document.seller.bankgiro)),
               ("FinancialInstitutionBranch", [("ID", BANKGIRO)])]
    means = [("PaymentMeansCode", CREDIT_TRANSFER), ("PaymentID", document.ocr),
             ("PayeeFinancialAccount", account)] if document.seller.bankgiro else []
    return [("PaymentMeans", means), ("PaymentTerms", [("Note", f"{days} dagar netto")])]


def _tax(document: InvoiceDocument) -> list[tuple]:
    return [_amount("TaxAmount", document, document.sum.vat_ore),
            *(("TaxSubtotal", [
                _amount("TaxableAmount", document, each.net_ore),
                _amount("TaxAmount", document, each.vat_ore),
                ("TaxCategory", _category(each))]) for each in document.rates)]


def _category(each: Sum | Row) -> list[tuple]:
    return [("ID", "S" if each.basis_points else "Z"),
            ("Percent", f"{each.basis_points / 100:g}"), _scheme("VAT")]


def _totals(document: InvoiceDocument) -> list[tuple]:
    whole = document.sum
    return [_amount("LineExtensionAmount", document, whole.net_ore),
            _amount("TaxExclusiveAmount", document, whole.net_ore),
            _amount("TaxInclusiveAmount", document, whole.gross_ore),
            _amount("PayableAmount", document, whole.gross_ore)]


def _line(document: InvoiceDocument, number: int, row: Row) -> list[tuple]:
    quantity = "CreditedQuantity" if document.is_credit else "InvoicedQuantity"
    return [
        ("ID", number),
        (quantity, _sign(document) * row.quantity, {"unitCode": "EA"}),
        _amount("LineExtensionAmount", document, row.net_ore),
        ("AccountingCost", row.cost_centre),
        ("Item", [
            ("Description", service_name(row.service)), ("Name", row.product),
            ("SellersItemIdentification", [("ID", row.product_code)]),
            ("ClassifiedTaxCategory", _category(row)),
            ("AdditionalItemProperty", _department(row))]),
        ("Price", [("PriceAmount", _price(row), {"currencyID": "SEK"})]),
    ]


def _price(row: Row) -> str:
    """One's, without VAT: with as many decimals as make the line what it is."""
    whole, rest = divmod(abs(row.net_ore), abs(row.quantity))
    if not rest:
        return f"{Decimal(whole) / 100:.2f}"
    return f"{(Decimal(abs(row.net_ore)) / 100 / abs(row.quantity)).quantize(PRICE_PLACES):f}"


def _department(row: Row) -> list[tuple]:
    return [("Name", "Avdelning"), ("Value", row.department)] if row.department.strip() else []


def _sign(document: InvoiceDocument) -> int:
    return -1 if document.is_credit else 1


def _amount(name: str, document: InvoiceDocument, ore: int) -> tuple:
    return name, f"{Decimal(_sign(document) * ore) / 100:.2f}", {"currencyID": "SEK"}
