"""A ticket's bytes as an Aztec symbol (ISO/IEC 24778), drawn as SVG to stand inline in a page with
a strict CSP.

The symbol is a square of modules around a bull's eye: data in layers of two modules from the
outside in, so many words of data and then so many of Reed–Solomon. All that only the size decides
is worked out once for each size.
"""
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, reduce
from html import escape

ERROR_CORRECTION = 23
"""Percent of the words, and three words more."""
QUIET_ZONE = 3
FIELDS = {4: 0b1_0011, 6: 0b100_0011, 8: 0b1_0010_1101, 10: 0b100_0000_1001,
          12: 0b1_0000_0110_1001}
"""The polynomial of the field that words of so many bits are calculated in."""
BINARY_SHIFT, SHORT, LONG = 0b11111, 31, 2_078
DARK = re.compile("1+")


def svg(data: bytes, *, title: str) -> str:
    """An `<svg>` element of one path, black on white in dark mode too; `title` is its name.

    Raises ValueError when the data is empty or too big for a symbol.
    """
    rows = symbol(data)
    side = len(rows) + 2 * QUIET_ZONE
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" role="img"'
            f' shape-rendering="crispEdges"><title>{escape(title)}</title>'
            f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/>'
            f'<path stroke="#000" d="{"".join(_lines(rows))}"/></svg>')


def _lines(rows: list[str]) -> Iterator[str]:
    """Every run of dark modules as a line one module thick, row by row."""
    for y, row in enumerate(rows, QUIET_ZONE):
        pen = None
        for run in DARK.finditer(row):
            start, end = run.span()
            yield (f"M{start + QUIET_ZONE} {y}.5h{end - start}" if pen is None
                   else f"m{start - pen} 0h{end - start}")
            pen = end


def symbol(data: bytes) -> list[str]:
    """The smallest symbol that holds the data, row by row: "1" is a dark module."""
    if not data:
        raise ValueError("An Aztec symbol of nothing cannot be drawn.")
    shape, words = _fit(_bits(data))
    message = shape.said(words)
    modules = bytearray(shape.blank)
    for place, bit in zip(shape.places, message, strict=True):
        modules[place] |= bit == "1"
    side = shape.side
    text = modules.translate(b"01" + bytes(254)).decode()
    return [text[start:start + side] for start in range(0, side * side, side)]


def _bits(data: bytes) -> str:
    """All the bytes in one binary shift, its length in 5 bits or, past 31, in 11 more."""
    length = (f"{len(data):05b}" if len(data) <= SHORT else f"{0:05b}{len(data) - SHORT:011b}")
    return f"{BINARY_SHIFT:05b}{length}{int.from_bytes(data):0{8 * len(data)}b}"


def _fit(bits: str) -> tuple["Shape", list[int]]:
    """The smallest shape that holds the bits with error correction, and the bits as its words."""
    words: dict[int, list[int]] = {}
    if len(bits) < 8 * LONG:
        for shape in _shapes():
            if shape.word not in words:
                words[shape.word] = _words(bits, shape.word)
            needed = len(words[shape.word]) + 3
            if needed * 100 < shape.capacity * (100 - ERROR_CORRECTION):
                return shape, words[shape.word]
    raise ValueError("The data is too big for an Aztec symbol: it holds about 1 900 bytes.")


def _words(bits: str, width: int) -> list[int]:
    """No word may be all zeros or all ones: one that would be gets a last bit that is neither."""
    words, at, head = [], 0, width - 1
    zeros, ones = "0" * head, "1" * head
    bits += "1" * width
    while at < len(bits) - width:
        start = bits[at:at + head]
        if start in (zeros, ones):
            words.append(int(start + ("1" if start == zeros else "0"), 2))
            at += head
        else:
            words.append(int(bits[at:at + width], 2))
            at += width
    return words


def _check(words: list[int], width: int, count: int) -> list[int]:
    """So many Reed–Solomon words after these. The register and the generator are whole numbers
    of `count` words each, so that a step is a handful of exclusive ors."""
    multiples, top = _generator(width, count), (count - 1) * width
    register, kept = 0, (1 << top) - 1
    for word in words:
        factor = (register >> top) ^ word
        register = (register & kept) << width
        for bit, multiple in enumerate(multiples):
            if factor >> bit & 1:
                register ^= multiple
    mask = (1 << width) - 1
    return [register >> place & mask for place in range(top, -1, -width)]


@cache
def _generator(width: int, count: int) -> list[int]:
    """The generator polynomial but for its first term, times 1, 2, 4 …; packed in whole numbers."""
    terms, root = [1], 1
    for _ in range(count):
        root = _double(root, width)
        scaled = [0, *(_times(term, root, width) for term in terms)]
        terms = [one ^ other for one, other in zip([*terms, 0], scaled, strict=True)]
    multiples = [terms[1:]]
    for _ in range(width - 1):
        multiples.append([_double(term, width) for term in multiples[-1]])
    return [reduce(lambda packed, term: packed << width | term, each) for each in multiples]


def _double(value: int, width: int) -> int:
    value <<= 1
    return value ^ FIELDS[width] if value >> width else value


def _times(one: int, other: int, width: int) -> int:
    product = 0
    while other:
        if other & 1:
            product ^= one
        one, other = _double(one, width), other >> 1
    return product


@dataclass(frozen=True)
class Shape:
    """A symbol's size: compact ones have up to four layers and no reference grid."""

    layers: int
    compact: bool

    @property
    def word(self) -> int:
        """Bits in a word."""
        return 6 if self.layers <= 2 else 8 if self.layers <= 8 else 10 if self.layers <= 22 else 12

    @property
    def bits(self) -> int:
        return ((88 if self.compact else 112) + 16 * self.layers) * self.layers

    @property
    def capacity(self) -> int:
        """In words."""
        return self.bits // self.word

    @property
    def base(self) -> int:
        """The side without the reference grid."""
        return (11 if self.compact else 14) + 4 * self.layers

    @property
    def side(self) -> int:
        return self.base if self.compact else self.base + 1 + 2 * ((self.base // 2 - 1) // 15)

    @property
    def eye(self) -> int:
        """How far the bull's eye and the frame around it reach from the middle."""
        return 5 if self.compact else 7

    def said(self, words: list[int]) -> str:
        """The bits for `places`: how the symbol is to be read, and what it says."""
        mode = (f"{self.layers - 1:02b}{len(words) - 1:06b}" if self.compact
                else f"{self.layers - 1:05b}{len(words) - 1:011b}")
        quarters = [int(mode[at:at + 4], 2) for at in range(0, len(mode), 4)]
        quarters += _check(quarters, 4, 5 if self.compact else 6)
        filled = words + _check(words, self.word, self.capacity - len(words))
        return ("".join(f"{each:04b}" for each in quarters) + "0" * (self.bits % self.word)
                + "".join([f"{each:0{self.word}b}" for each in filled]))

    @property
    def blank(self) -> bytes:
        return _blank(self)

    @property
    def places(self) -> list[int]:
        return _places(self)


@cache
def _shapes() -> list[Shape]:
    return [*(Shape(layers, True) for layers in range(1, 5)),
            *(Shape(layers, False) for layers in range(4, 33))]


@cache
def _blank(shape: Shape) -> bytes:
    """What is the same in every symbol of the shape: the grid, the bull's eye, and the corners that
    tell which way is up."""
    side, middle, eye = shape.side, shape.side // 2, shape.eye
    modules = bytearray(side * side)
    for y in range(-middle, middle + 1):
        for x in range(-middle, middle + 1):
            ring = max(abs(x), abs(y))
            if ring < eye:
                dark = ring % 2 == 0
            else:
                on_grid = not shape.compact and ring > eye and (x % 16 == 0 or y % 16 == 0)
                dark = on_grid and (x + y) % 2 == 0
            modules[(middle + y) * side + middle + x] = dark
    for x, y in ((-eye, -eye), (1 - eye, -eye), (-eye, 1 - eye), (eye, -eye), (eye, 1 - eye),
                 (eye, eye - 1)):
        modules[(middle + y) * side + middle + x] = 1
    return bytes(modules)


@cache
def _places(shape: Shape) -> list[int]:
    """Where each bit goes: first around the bull's eye, then layer by layer from the outside, down
    the left side and on around."""
    side = shape.side
    return [y * side + x for x, y in (*_mode_places(shape), *_data_places(shape))]


def _mode_places(shape: Shape) -> Iterator[tuple[int, int]]:
    middle, eye = shape.side // 2, shape.eye
    along = [middle + step for step in range(2 - eye, eye - 1) if shape.compact or step]
    yield from ((x, middle - eye) for x in along)
    yield from ((middle + eye, y) for y in along)
    yield from ((x, middle + eye) for x in reversed(along))
    yield from ((middle - eye, y) for y in reversed(along))


def _data_places(shape: Shape) -> Iterator[tuple[int, int]]:
    across = _past_the_grid(shape)
    for layer in range(shape.layers):
        first, last = 2 * layer, shape.base - 1 - 2 * layer
        steps = range((shape.layers - layer) * 4 + (9 if shape.compact else 12))
        yield from ((across[first + k], across[first + j]) for j in steps for k in (0, 1))
        yield from ((across[first + j], across[last - k]) for j in steps for k in (0, 1))
        yield from ((across[last - k], across[last - j]) for j in steps for k in (0, 1))
        yield from ((across[last - j], across[first + k]) for j in steps for k in (0, 1))


def _past_the_grid(shape: Shape) -> list[int]:
    """Every column or row that holds data, in order."""
    middle = shape.side // 2
    return [at for at in range(shape.side) if shape.compact or (at - middle) % 16]
