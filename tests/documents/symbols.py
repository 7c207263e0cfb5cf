"""Draws the SVG of a symbol on its own terms, for a reader to look at."""
import re

from PIL import Image, ImageDraw


def drawn(svg: str) -> Image.Image:
    """The symbol as a camera would see it: every line of the path, a module three pixels wide."""
    side = int(re.search(r'viewBox="0 0 (\d+)', svg)[1])
    image = Image.new("L", (side * 3, side * 3), 255)
    pen = ImageDraw.Draw(image)
    x = y = 0.0
    for move, numbers in re.findall(r"([Mmh])([\d. ]+)", svg.split('stroke="#000" d=')[1]):
        first, *second = map(float, numbers.split())
        if move == "h":
            pen.rectangle((x * 3, (y - 0.5) * 3, (x + first) * 3 - 1, (y + 0.5) * 3 - 1), fill=0)
            x += first
        else:
            x, y = (first, second[0]) if move == "M" else (x + first, y + second[0])
    return image
