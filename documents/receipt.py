"""The receipt of one purchase, as an accessible PDF (PDF/UA-1) set by Typst."""
import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import typst

from documents.pdf import drawable

HERE = Path(__file__).parent
MOST_SECONDS = 20


@dataclass(frozen=True)
class Receipt:
    """Texts as they are to stand there; `language` names theirs, as in `sv`."""

    title: str
    authority: str
    authority_facts: str
    facts: list[tuple[str, str]]
    amounts: list[tuple[str, str]]
    """The last is the sum."""
    note: str
    page: str
    language: str = "sv"


def pdf(receipt: Receipt) -> bytes:
    """Set in a process of its own: Typst keeps what it has set for as long as its process lives."""
    made = subprocess.run(
        [sys.executable, "-m", "documents.receipt"], cwd=HERE.parent, check=True,
        input=json.dumps(asdict(receipt)).encode(), stdout=subprocess.PIPE, timeout=MOST_SECONDS)
    return made.stdout


def _set(receipt: dict) -> bytes:
    return typst.compile(
        HERE / "receipt.typ", root=HERE, font_paths=[HERE / "fonts"], ignore_system_fonts=True,
        pdf_standards=["ua-1"], sys_inputs={"data": json.dumps(drawable(receipt))})


if __name__ == "__main__":
    sys.stdout.buffer.write(_set(json.load(sys.stdin)))
