"""Files as the bank writes them."""
from collections.abc import Sequence
from datetime import date
from itertools import count

SERIALS = count(1)


def payment(ore: int, *references: str, payer: str = "Bolaget AB", number: str = "",
            message: str = "", serial: int | None = None, code: str = "20") -> list[str]:
    """Its records. Without a reference it says so."""
    serial = serial or next(SERIALS)
    shown = references[0] if len(references) == 1 else ""
    kind = {0: "1", 1: "2"}.get(len(references), "3")
    tail = f"2{serial:012}0"
    lines = [f"{code}{5050_1055:010}{shown:>25}{ore:018}{kind}{tail}"]
    lines += [f"22{5050_1055:010}{each:>25}{0:018}2{tail}" for each in references
              if len(references) > 1]
    lines += [f"25{message}"] if message else []
    lines += [f"26{payer}"]
    return lines + ([f"2900{number}"] if number else [])


def deduction(ore: int, *references: str, **more) -> list[str]:
    return payment(ore, *references, code="21", **more)


def bgmax_file(*payments: Sequence[str], bankgiro: str = "9912346",
               day: date = date(2026, 11, 20)) -> bytes:
    """Of one day and one deposit; of none without payments."""
    lines = [f"01{'BGMAX':20}01{day:%Y%m%d}173035010331P"]
    if payments:
        lines += [f"05{int(bankgiro):010}{'':10}SEK", *(line for each in payments
                                                        for line in each)]
        total = sum(int(each[0][37:55]) * (1 if each[0][:2] == "20" else -1)
                    for each in payments)
        lines.append(f"15{'58410000010098232':0>35}{day:%Y%m%d}{1:05}{total:018}SEK"
                     f"{len(payments):08}")
    codes = [line[:2] for line in lines]
    lines.append(f"70{codes.count('20'):08}{codes.count('21'):08}{codes.count('22'):08}"
                 f"{codes.count('15'):08}")
    return "".join(f"{line:80}\r\n" for line in lines).encode("iso-8859-1")
