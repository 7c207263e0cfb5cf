"""A ticket's bytes as an Aztec symbol, drawn as SVG to stand inline in a page with a strict CSP."""
from html import escape
from itertools import groupby

from aztec_code_generator import (
    AztecCode,
    Shift,
    configs,
    get_data_codewords,
    optimal_sequence_to_bits,
)

ERROR_CORRECTION = 23
QUIET_ZONE = 3


def svg(data: bytes, *, title: str) -> str:
    """An `<svg>` element of one path, black on white in dark mode too; `title` is its name.

    Raises ValueError when the data is empty or too big for a symbol.
    """
    matrix = _matrix(data)
    side = len(matrix) + 2 * QUIET_ZONE
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" role="img"'
            f' shape-rendering="crispEdges"><title>{escape(title)}</title>'
            f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/>'
            f'<path stroke="#000" d="{_path(matrix)}"/></svg>')


def _path(matrix: list[list[int]]) -> str:
    """Every run of dark modules as a line one module thick, row by row."""
    parts = []
    for y, row in enumerate(matrix, QUIET_ZONE):
        move, x, pen = f"M%d {y}.5", QUIET_ZONE, 0
        for dark, run in groupby(row, key=bool):
            length = len(list(run))
            if dark:
                parts.append(f"{move % (x - pen)}h{length}")
                move, pen = "m%d 0", x + length
            x += length
    return "".join(parts)


def _matrix(data: bytes) -> list[list[int]]:
    if not data:
        raise ValueError("An Aztec symbol of nothing cannot be drawn.")
    size, compact = _smallest(optimal_sequence_to_bits(_binary(data)))
    return _BinaryCode(data, size, compact).matrix


def _binary(data: bytes) -> list:
    """The bytes in one binary shift, its length in 5 bits or, past 31, in 11 more."""
    length = [len(data)] if len(data) <= 31 else [0, len(data) - 31]
    return [Shift.BINARY, *length, *data]


def _smallest(bits: str) -> tuple[int, bool]:
    """The side and kind of the smallest symbol that holds the bits and the error correction."""
    words = {width: len(get_data_codewords(bits, width)) for width in (6, 8, 10, 12)}
    for symbol, config in configs.items():
        if (words[config.cw_bits] + 3) * 100 < config.codewords * (100 - ERROR_CORRECTION):
            return symbol
    raise ValueError("The data is too big for an Aztec symbol: it holds about 1 900 bytes.")


class _BinaryCode(AztecCode):
    """The library's search for a shorter encoding fails on some bytes; here there is none."""

    @property
    def sequence(self) -> list:
        return _binary(self.data)

    @sequence.setter
    def sequence(self, value: list | None) -> None:
        pass
