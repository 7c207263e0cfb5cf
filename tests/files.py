"""Reading the files that the portal makes of its lists."""
import csv
from io import StringIO


def addresses(browser, page: str) -> dict[str, str]:
    """Where the page's list is as a file, by the kind."""
    return {kind: link for link in browser.get(page).links() for kind in ("csv", "xlsx")
            if link.partition("?")[0].endswith(f".{kind}")}


def rows(browser, page: str) -> list[dict[str, str]]:
    """Those of the CSV that the page leads to, by their column."""
    head, *found = table(browser, addresses(browser, page)["csv"])
    return [dict(zip(head, row, strict=True)) for row in found]


def table(browser, address: str) -> list[list[str]]:
    text = browser.get(address).response.get_data().decode("utf-8-sig")
    return list(csv.reader(StringIO(text), delimiter=";"))
