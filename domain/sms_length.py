"""How long a text message may be: a letter that not every phone has halves what it holds."""

COMMON = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà")
"""Letters of GSM 03.38, which take seven bits each."""


def most_characters(text: str, most: int) -> int:
    """How many of its kind there is room for, where there is room for `most` common ones."""
    return most if set(text) <= COMMON else most // 2
