"""A reader of SIE type 4I that knows the format alone, and accepts nothing that is not of it."""
import re
from dataclasses import dataclass, field
from datetime import date

FIELD = re.compile(r'"(?:\\"|[^"\x00-\x1f])*"|\{[^{}]*\}|[^\s"{}]+')
AMOUNT = re.compile(r"-?\d+(\.\d{1,2})?")
ORDER = ("FLAGGA", "PROGRAM", "FORMAT", "GEN", "SIETYP", "PROSA", "FNR", "ORGNR", "ADRESS",
         "FNAMN", "RAR", "TAXAR", "KPTYP", "VALUTA", "KONTO", "KTYP", "ENHET", "SRU", "DIM",
         "UNDERDIM", "OBJEKT", "VER")
NEEDED = {"FLAGGA", "PROGRAM", "FORMAT", "GEN", "SIETYP", "FNAMN"}


class NotSie(ValueError):
    pass


@dataclass
class Posting:
    account: int
    objects: dict[int, str]
    ore: int
    text: str = ""


@dataclass
class Voucher:
    series: str
    number: str
    day: date
    text: str
    postings: list[Posting] = field(default_factory=list)

    def on(self, account: int) -> int:
        return sum(each.ore for each in self.postings if each.account == account)


@dataclass
class Books:
    facts: dict[str, list[str]] = field(default_factory=dict)
    accounts: dict[int, str] = field(default_factory=dict)
    dimensions: dict[int, str] = field(default_factory=dict)
    objects: dict[tuple[int, str], str] = field(default_factory=dict)
    vouchers: list[Voucher] = field(default_factory=list)

    def on(self, account: int, place: str | None = None) -> int:
        return sum(each.ore for voucher in self.vouchers for each in voucher.postings
                   if each.account == account and (place is None or place in each.objects.values()))


def read(file: bytes) -> Books:
    text = file.decode("cp437")
    _need(text.endswith("\r\n"), "the last record has no end")
    records, books, reached = text.split("\r\n")[:-1], Books(), 0
    at = 0
    while at < len(records):
        label, fields = _record(records[at])
        _need(label in ORDER, f"nobody knows #{label}")
        _need(ORDER.index(label) >= reached, f"#{label} comes too late")
        _need(label == "FLAGGA" or at, "the flag is not first")
        reached = ORDER.index(label)
        if label == "VER":
            at = _voucher(books, fields, records, at + 1)
        else:
            _fact(books, label, fields)
        at += 1
    _need(books.facts.keys() >= NEEDED, f"there is no {NEEDED - books.facts.keys()}")
    _need(books.facts["FORMAT"] == ["PC8"], "it is not in PC8")
    _need(books.facts["SIETYP"] == ["4"], "it is not of type 4")
    _need(books.facts["FLAGGA"] == ["0"], "somebody has read it")
    _day(books.facts["GEN"][0])
    return books


def _need(holds: bool, otherwise: str) -> None:
    if not holds:
        raise NotSie(otherwise)


def _record(line: str) -> tuple[str, list[str]]:
    _need(line.startswith("#"), f"no record: {line}")
    label, _, rest = line[1:].partition(" ")
    return label, _fields(rest)


def _fields(text: str) -> list[str]:
    found, at = [], 0
    while at < len(text):
        if text[at] in " \t":
            at += 1
            continue
        match = FIELD.match(text, at)
        _need(match is not None, f"no field: {text[at:]}")
        at = match.end()
        _need(at == len(text) or text[at] in " \t", f"two fields grown together: {text}")
        found.append(match[0])
    return found


def _bare(text: str) -> str:
    return text[1:-1].replace('\\"', '"') if text.startswith('"') else text


def _number(text: str) -> int:
    _need(text.isascii() and text.isdecimal(), f"no number: {text}")
    return int(text)


def _day(text: str) -> date:
    _need(len(text) == 8, f"no day: {text}")
    return date(_number(text[:4]), _number(text[4:6]), _number(text[6:]))


def _ore(text: str) -> int:
    _need(AMOUNT.fullmatch(text) is not None, f"no amount: {text}")
    whole, _, rest = text.lstrip("-").partition(".")
    return (-1 if text.startswith("-") else 1) * (int(whole) * 100 + int(rest.ljust(2, "0")))


def _fact(books: Books, label: str, fields: list[str]) -> None:
    values = [_bare(each) for each in fields]
    match label:
        case "KONTO":
            number, name = values
            _need(_number(number) not in books.accounts, f"account {number} twice")
            books.accounts[_number(number)] = name
        case "DIM":
            number, name = values
            books.dimensions[_number(number)] = name
        case "OBJEKT":
            number, place, name = values
            _need(_number(number) in books.dimensions, f"no dimension {number}")
            _need((_number(number), place) not in books.objects, f"object {place} twice")
            books.objects[_number(number), place] = name
        case _:
            _need(label not in books.facts, f"#{label} twice")
            books.facts[label] = values


def _voucher(books: Books, fields: list[str], records: list[str], at: int) -> int:
    """Says on which line it ends."""
    series, number, day, text = map(_bare, fields[:4])
    voucher = Voucher(series, number, _day(day), text)
    _need(records[at] == "{", "a voucher does not begin")
    at += 1
    while records[at] != "}":
        label, each = _record(records[at])
        _need(label == "TRANS", f"#{label} in a voucher")
        voucher.postings.append(_posting(books, each))
        at += 1
    _need(sum(each.ore for each in voucher.postings) == 0, f"{text} is not in balance")
    books.vouchers.append(voucher)
    return at


def _posting(books: Books, fields: list[str]) -> Posting:
    account, objects, amount, *rest = fields
    _need(_number(account) in books.accounts, f"no account {account}")
    _need(objects.startswith("{"), "no list of objects")
    parts = [_bare(each) for each in _fields(objects[1:-1])]
    on = dict(zip(map(_number, parts[::2]), parts[1::2], strict=True))
    _need(all(each in books.objects for each in on.items()), f"nobody has told of {on}")
    if rest:
        _day(_bare(rest[0]))
    return Posting(int(account), on, _ore(amount), _bare(rest[1]) if len(rest) > 1 else "")
