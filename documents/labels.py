"""Address labels on A4 sheets of three by eight, 70 × 37 mm each, as an accessible PDF (PDF/UA-1)
set by Typst."""
import json
import re
import subprocess
import sys
from pathlib import Path

import typst

from documents.pdf import drawable

HERE = Path(__file__).parent
ON_A_SHEET = 24
MOST_SECONDS = 20

Lines = list[str]


def pdf(addresses: list[Lines], *, title: str, author: str, language: str = "sv",
        first: int = 1) -> bytes:
    """Each address in its lines, from the label with that number, 1 to 24, on the first sheet. Set
    in a process of its own: Typst keeps what it has set for as long as its process lives."""
    data = {"title": title, "author": author, "language": language,
            "sheets": sheets(addresses, first)}
    made = subprocess.run(
        [sys.executable, "-m", "documents.labels"], cwd=HERE.parent, check=True,
        input=json.dumps(data).encode(), stdout=subprocess.PIPE, timeout=MOST_SECONDS)
    return made.stdout


def sheets(addresses: list[Lines], first: int) -> list[list[Lines]]:
    """What is on each label, row by row; nothing on those that are used already."""
    labels = [[] for _ in range(first - 1)] + [[breakable(line) for line in address]
                                               for address in addresses]
    return [labels[start:start + ON_A_SHEET] for start in range(0, len(labels), ON_A_SHEET)]


def breakable(line: str) -> str:
    """A word that is wider than a label may break."""
    return re.sub(r"(\S{26})(?=\S)", "\\1\N{ZERO WIDTH SPACE}", line)


def _set(data: dict) -> bytes:
    return typst.compile(
        HERE / "labels.typ", root=HERE, font_paths=[HERE / "fonts"], ignore_system_fonts=True,
        pdf_standards=["ua-1"], sys_inputs={"data": json.dumps(drawable(data))})


if __name__ == "__main__":
    sys.stdout.buffer.write(_set(json.load(sys.stdin)))
