"""The order form of a staff offer, to be printed, filled in by hand and signed; as a PDF/UA-1."""
from dataclasses import asdict, dataclass

from documents.pdf import drawable
from documents.typesetting import Typesetter


@dataclass(frozen=True)
class Field:
    """A line to write on; `boxes` are ticked instead."""

    label: str
    boxes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    title: str
    fields: tuple[Field, ...]
    note: str = ""


@dataclass(frozen=True)
class OrderForm:
    """Texts as they are to stand there; `language` names theirs, as in `sv`."""

    title: str
    company: str
    authority: str
    lead: str
    heads: tuple[str, ...]
    prices: list[tuple[str, ...]]
    """As many cells in each as there are heads."""
    note: str
    steps: tuple[Step, ...]
    footer: str
    language: str = "sv"


def pdf(form: OrderForm) -> bytes:
    with Typesetter() as typesetter:
        return typesetter.set("order_form.typ", drawable(asdict(form)))
