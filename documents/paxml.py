"""A payroll file as PAXml 2.0 or 2.2, which most Swedish payroll programs read. It has no
namespace, and its elements stand in the order of the schema."""
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from domain.payroll_files import PayrollFile, Transaction
from domain.payroll_settings import Format

VERSIONS = {Format.PAXML_20: "2.0", Format.PAXML_22: "2.2"}
PROGRAM = "Företagsportalen"
DIMENSION = "1"
"""Where the programs have their cost centres."""


def file(payroll: PayrollFile) -> bytes:
    version = VERSIONS.get(payroll.settings.format, "2.0")
    root = Element("paxml", {
        "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
        "xsi:noNamespaceSchemaLocation": f"http://www.paxml.se/{version}/paxml.xsd"})
    _header(root, payroll, version)
    transactions = SubElement(root, "lonetransaktioner")
    for number, transaction in enumerate(payroll.transactions, start=1):
        _transaction(transactions, transaction, number)
    indent(root)
    return tostring(root, encoding="UTF-8", xml_declaration=True)


def _header(root: Element, payroll: PayrollFile, version: str) -> None:
    _texts(SubElement(root, "header"), {
        "format": "LÖNIN", "version": version,
        "datum": payroll.made_at.replace(tzinfo=None, microsecond=0).isoformat(),
        "foretagid": payroll.payroll_id, "foretagorgnr": payroll.organisation_number,
        "foretagnamn": payroll.company, "programnamn": PROGRAM})


def _transaction(above: Element, transaction: Transaction, number: int) -> None:
    known = transaction.employee_number or transaction.personnummer or ""
    element = SubElement(above, "lonetrans", {"postid": str(number), "anstid": known})
    if transaction.personnummer:
        element.set("persnr", transaction.personnummer)
    amount = kronor(transaction.amount_ore)
    _texts(element, {
        "lonart": transaction.code, "benamning": transaction.text,
        "kommentar": transaction.remark, "datum": transaction.day.isoformat(), "antal": "1.00",
        "apris": amount, "belopp": amount})
    if transaction.cost_centre:
        units = SubElement(element, "resenheter")
        SubElement(units, "resenhet", {"dim": DIMENSION, "id": transaction.cost_centre})


def _texts(element: Element, texts: dict[str, str | None]) -> None:
    for name, text in texts.items():
        if text:
            SubElement(element, name).text = text


def kronor(ore: int) -> str:
    sign = "-" if ore < 0 else ""
    return f"{sign}{abs(ore) // 100}.{abs(ore) % 100:02}"
