"""Reads BgMax, the file in which Bankgirot tells of what has been paid to a bankgiro number.

It is read strictly: what the file says of itself, how many records of each kind and how much each
deposit is, has to be what is in it. By Bankgirot's technical manual.
"""
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from domain.bank_reading import Paid, Told
from domain.errors import Invalid
from domain.months import STOCKHOLM

WIDTH = 80
START, OPENING, DEPOSIT, END = "01", "05", "15", "70"
PAYMENT, DEDUCTION = "20", "21"
MORE_REFERENCES = ("22", "23")
MESSAGE, NAME, STREET, PLACE, ORGANISATION = "25", "26", "27", "28", "29"
NOT_OCR = ("0", "1")
"""Of the codes of a reference: there is none, or none that could be read."""


@dataclass
class Read:
    """One payment, while its records are read."""

    amount_ore: int
    references: list[str]
    serial: str
    payer: str = ""
    payer_number: str = ""
    messages: list[str] = field(default_factory=list)


@dataclass
class Section:
    """What was paid to one bankgiro number on one day."""

    bankgiro: str
    payments: list[Read] = field(default_factory=list)


class Record(str):
    """One line. `at(3, 12)` is from its third to its twelfth character, as the manual counts."""

    number: int

    def at(self, first: int, last: int) -> str:
        return self[first - 1:last].strip()

    def digits(self, first: int, last: int) -> int:
        text = self.at(first, last) or "0"
        if not (text.isascii() and text.isdecimal()):
            raise wrong(self.number)
        return int(text)

    @property
    def code(self) -> str:
        return self[:2]


def read(content: bytes) -> Told:
    """Raises Invalid when it is no such file, or not a whole one."""
    records = list(_records(content))
    if not records or records[0].code != START or records[0].at(3, 22) != "BGMAX":
        raise Invalid("Det här är ingen BgMax-fil. Hämta filen med inbetalningar från banken.",
                      "file")
    if records[0].at(45, 45) != "P":
        raise Invalid("Filen är ett prov från banken. Inga pengar har kommit.", "file")
    if records[-1].code != END or any(each.code == END for each in records[:-1]):
        raise Invalid("Filen är inte hel: slutet saknas. Hämta den från banken igen.", "file")
    _check_counts(records)
    bankgiros, paid = set(), []
    for bankgiro, payment in _paid(records[1:-1]):
        bankgiros.add(bankgiro)
        paid.append(payment)
    if len(bankgiros) > 1:
        raise Invalid("Filen gäller flera bankgironummer. Hämta en fil för vart och ett.", "file")
    return Told(_moment(records[0]), bankgiros.pop() if bankgiros else _first_bankgiro(records),
                paid)


def _records(content: bytes) -> Iterator[Record]:
    for number, line in enumerate(_decoded(content).replace("\0", " ").split("\n"), start=1):
        if line.strip("\r\x1a "):
            record = Record(line.rstrip("\r\x1a").ljust(WIDTH))
            record.number = number
            yield record


def _decoded(content: bytes) -> str:
    """As the manual says, or as some banks write it anew: the one is never the other by chance."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("iso-8859-1")


def _check_counts(records: list[Record]) -> None:
    codes = [each.code for each in records]
    end = records[-1]
    counted = [codes.count(PAYMENT), codes.count(DEDUCTION),
               sum(codes.count(each) for each in MORE_REFERENCES), codes.count(DEPOSIT)]
    if counted != [end.digits(first, first + 7) for first in (3, 11, 19, 27)]:
        raise Invalid("Filen är inte hel: antalet poster stämmer inte. Hämta den från banken igen.",
                      "file")


def _paid(records: list[Record]) -> Iterator[tuple[str, Paid]]:
    section: Section | None = None
    for record in records:
        if record.code == OPENING:
            if section:
                raise wrong(record.number)
            section = _opened(record)
        elif section is None:
            raise wrong(record.number)
        elif record.code == DEPOSIT:
            yield from _deposited(record, section)
            section = None
        else:
            _add(record, section)
    if section:
        raise Invalid("Filen är inte hel: en insättning saknas. Hämta den från banken igen.",
                      "file")


def _opened(record: Record) -> Section:
    if record.at(23, 25) != "SEK":
        raise Invalid("Filen har betalningar i en annan valuta än kronor.", "file")
    return Section(str(record.digits(3, 12)))


def _add(record: Record, section: Section) -> None:
    if record.code in (PAYMENT, DEDUCTION):
        sign = 1 if record.code == PAYMENT else -1
        section.payments.append(Read(sign * record.digits(38, 55), _reference(record),
                                     record.at(58, 69)))
        return
    if not section.payments:
        raise wrong(record.number)
    payment = section.payments[-1]
    if record.code in MORE_REFERENCES:
        payment.references += _reference(record)
    elif record.code == MESSAGE:
        payment.messages.append(record.at(3, 52))
    elif record.code == NAME:
        payment.payer = " ".join(filter(None, (record.at(3, 37), record.at(38, 72))))
    elif record.code == ORGANISATION:
        payment.payer_number = record.at(3, 14)[-10:]
    elif record.code not in (STREET, PLACE):
        raise wrong(record.number)


def _reference(record: Record) -> list[str]:
    """The number that the payer gave; several in one place are told apart by the records after."""
    text = record.at(13, 37)
    if record.code in (PAYMENT, DEDUCTION) and record.at(56, 56) == "3" and " " in text:
        return []
    return [text] if text and record.at(56, 56) not in NOT_OCR else []


def _deposited(record: Record, section: Section) -> Iterator[tuple[str, Paid]]:
    total = sum(each.amount_ore for each in section.payments)
    if (total != record.digits(51, 68) or record.at(69, 71) != "SEK"
            or len(section.payments) != record.digits(72, 79)):
        raise Invalid("Rad %(line)s: insättningen är inte summan av sina betalningar. Hämta filen "
                      "från banken igen.", "file", line=record.number)
    day, serial = _day(record, record.at(38, 45)), record.at(46, 50)
    for place, payment in enumerate(section.payments, start=1):
        known_as = (payment.serial.strip("0") and payment.serial) or f"{serial}.{place}"
        yield section.bankgiro, Paid(
            f"{section.bankgiro}/{day:%Y%m%d}/{known_as}/{payment.amount_ore}", day,
            payment.amount_ore, tuple(dict.fromkeys(payment.references)), payment.payer,
            payment.payer_number, "\n".join(filter(None, payment.messages)))


def _first_bankgiro(records: list[Record]) -> str:
    """Of a file with nothing in it."""
    return next((str(each.digits(3, 12)) for each in records if each.code == OPENING), "")


def _day(record: Record, text: str) -> date:
    try:
        return datetime.strptime(text, "%Y%m%d").replace(tzinfo=STOCKHOLM).date()
    except ValueError as error:
        raise wrong(record.number) from error


def _moment(record: Record) -> datetime:
    try:
        return datetime.strptime(record.at(25, 44)[:14], "%Y%m%d%H%M%S").replace(
            tzinfo=STOCKHOLM).astimezone(UTC)
    except ValueError as error:
        raise wrong(record.number) from error


def wrong(line: int) -> Invalid:
    return Invalid("Rad %(line)s i filen går inte att läsa. Hämta den från banken igen.", "file",
                   line=line)
