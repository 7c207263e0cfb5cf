"""The order and the types of PAXml's schema, read from its description alone."""
import re
from dataclasses import replace
from datetime import date, datetime
from xml.etree import ElementTree

import pytest

from documents import paxml
from domain.months import Month
from domain.payroll_files import PayrollFile, Transaction
from domain.payroll_settings import Details, Format

TEXT, CODE = r"(?s).+", r"[\w./-]+"
DATE, MOMENT = r"\d{4}-\d{2}-\d{2}", r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}"
DECIMAL, NUMBER = r"-?\d+\.\d{2}", r"\d+"

CHILDREN = {
    "paxml": ["header", "dimensioner", "resultatenheter", "koder", "resetransaktioner",
              "tidtransaktioner", "lonetransaktioner", "schematransaktioner", "personal",
              "loneutbetalning", "saldon"],
    "header": ["format", "version", "datum", "nyexport", "foretagid", "foretagorgnr",
               "foretagnamn", "programnamn", "info"],
    "lonetransaktioner": ["lonetrans"],
    "lonetrans": ["lonart", "benamning", "kommentar", "datum", "datumfrom", "datumtom", "antal",
                  "apris", "belopp", "varugrupp", "moms", "samlingsid", "kontonr", "kundnr",
                  "resenheter", "info"],
    "resenheter": ["resenhet"],
}
MANY = {"lonetrans", "resenhet"}
TYPES = {"format": "LÖNIN", "version": r"2\.[02]", "datum": f"{DATE}|{MOMENT}", "foretagid": TEXT,
         "foretagorgnr": r"\d{10}", "foretagnamn": TEXT, "programnamn": TEXT, "lonart": CODE,
         "benamning": TEXT, "kommentar": TEXT, "antal": DECIMAL, "apris": DECIMAL,
         "belopp": DECIMAL}
ATTRIBUTES = {"lonetrans": {"postid": NUMBER, "anstid": TEXT, "persnr": r"\d{12}"},
              "resenhet": {"dim": NUMBER, "id": TEXT}}
SCHEMA = "{http://www.w3.org/2001/XMLSchema-instance}noNamespaceSchemaLocation"

ONE = Transaction("17", None, "Anna Ek", "71000", "Nettolöneavdrag kollektivtrafik", "Ny",
                  date(2026, 12, 31), -66_587, None)


def payroll(*transactions, **settings) -> PayrollFile:
    return PayrollFile("Bolaget AB", "5560001234", "B1", Month(2026, 12),
                       datetime(2026, 12, 10, 9, 30), Details(**settings), list(transactions))


def read(written: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(written)


def check(element: ElementTree.Element) -> None:
    """Whether it, and all in it, stands where it may and is what it should be."""
    names = [child.tag for child in element]
    if element.tag in CHILDREN:
        places = [CHILDREN[element.tag].index(name) for name in names]
        assert places == sorted(places), names
        assert all(names.count(name) == 1 for name in names if name not in MANY), names
    elif element.tag in TYPES:
        assert not names
        assert re.fullmatch(TYPES[element.tag], element.text or ""), (element.tag, element.text)
    for name, value in element.attrib.items():
        if name != SCHEMA:
            assert re.fullmatch(ATTRIBUTES[element.tag][name], value), (name, value)
    for child in element:
        check(child)


@pytest.mark.parametrize(("kind", "version"), [(Format.PAXML_20, "2.0"),
                                               (Format.PAXML_22, "2.2")])
def test_order_and_types_are_those_of_the_schema(kind, version):
    full = replace(ONE, personnummer="198112189876", cost_centre="K & 12")
    root = read(paxml.file(payroll(ONE, full, replace(ONE, remark=None), format=kind)))
    check(root)
    assert root.get(SCHEMA) == f"http://www.paxml.se/{version}/paxml.xsd"
    assert root.findtext("header/version") == version


def test_an_employee_is_known_by_one_number_alone_unless_both_are_wanted():
    plain, both = read(paxml.file(payroll(
        ONE, replace(ONE, employee_number=None, personnummer="198112189876")))).iter("lonetrans")
    assert plain.attrib == {"postid": "1", "anstid": "17"}
    assert both.attrib == {"postid": "2", "anstid": "198112189876", "persnr": "198112189876"}


def test_an_amount_is_one_of_its_price():
    [trans] = read(paxml.file(payroll(ONE))).iter("lonetrans")
    assert [trans.findtext(name) for name in ("antal", "apris", "belopp")] == [
        "1.00", "-665.87", "-665.87"]


def test_letters_are_swedish_and_signs_are_escaped():
    written = paxml.file(replace(payroll(ONE), company="Å & <Ö> AB"))
    assert written.startswith(b"<?xml version='1.0' encoding='UTF-8'?>")
    assert "Å &amp; &lt;Ö&gt; AB".encode() in written
    assert "LÖNIN".encode() in written


def test_a_cost_centre_is_the_first_dimension():
    [unit] = read(paxml.file(payroll(replace(ONE, cost_centre="120")))).iter("resenhet")
    assert unit.attrib == {"dim": "1", "id": "120"}
