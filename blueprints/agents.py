"""What a browser says that it is, in words that its owner knows it by."""
import re

from blueprints.language import _

BROWSERS = [("Edg(?:e|A|iOS)?/", "Edge"), ("OPR/|Opera", "Opera"), ("SamsungBrowser/", "Samsung"),
            ("Firefox/|FxiOS/", "Firefox"), ("Chrome/|CriOS/", "Chrome"), ("Safari/", "Safari")]
"""The first that fits: most say that they are others too."""
DEVICES = [("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
           ("Mac OS X|Macintosh", "Mac"), ("CrOS", "Chromebook"), ("Linux|X11", "Linux")]


def browser_in_words(agent: str) -> str:
    """Chrome på Android."""
    browser, device = _first(BROWSERS, agent), _first(DEVICES, agent)
    if browser and device:
        return _("%(browser)s på %(device)s", browser=browser, device=device)
    return browser or device or _("Okänd webbläsare")


def _first(known: list[tuple[str, str]], agent: str) -> str | None:
    return next((name for pattern, name in known if re.search(pattern, agent)), None)
