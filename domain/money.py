"""Amounts are whole öre. How they are read, written, and what part of them is VAT."""
import re

from domain.errors import Invalid

NBSP = "\N{NO-BREAK SPACE}"


def kr(ore: int) -> str:
    """1 234,50 kr; whole kronor without decimals: 80 kr."""
    kronor, rest = divmod(abs(ore), 100)
    sign = "\N{MINUS SIGN}" if ore < 0 else ""
    whole = f"{kronor:,}".replace(",", NBSP)
    return f"{sign}{whole}{f',{rest:02}' if rest else ''}{NBSP}kr"


def parse_kronor(text: str) -> int:
    """Öre, from what a person types: 5000, 5 000, 5 000,00, 5000 kr."""
    bare = re.sub(r"\s|kr\.?$|:-$", "", text.strip().lower())
    match = re.fullmatch(r"(\d{1,9})(?:[.,](\d{1,2}))?", bare)
    if not match:
        raise Invalid("Skriv beloppet i kronor, till exempel 1 500.")
    return int(match[1]) * 100 + int((match[2] or "0").ljust(2, "0"))


def vat_of(gross_ore: int, basis_points: int) -> int:
    """The VAT inside an amount, rounded half up: 600 basis points are 6 %."""
    whole = 10_000 + basis_points
    return (2 * gross_ore * basis_points + whole) // (2 * whole)


def equal_parts(ore: int, months: int) -> list[int]:
    """The amount in equal parts, with the öre that are left over on the first."""
    part, rest = divmod(ore, months)
    return [part + rest] + [part] * (months - 1)
