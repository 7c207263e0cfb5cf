import pytest

from blueprints.agents import browser_in_words

CHROME = "Mozilla/5.0 ({}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 {}Safari/537.36"
IPHONE = "iPhone; CPU iPhone OS 18_1 like Mac OS X"


@pytest.mark.parametrize(("agent", "words"), [
    (CHROME.format("Linux; Android 14; Pixel 8", "Mobile "), "Chrome på Android"),
    (CHROME.format("Windows NT 10.0; Win64; x64", ""), "Chrome på Windows"),
    (CHROME.format("Windows NT 10.0; Win64; x64", "") + " Edg/130.0.0.0", "Edge på Windows"),
    (f"Mozilla/5.0 ({IPHONE}) AppleWebKit/605.1.15 Version/18.1 Safari/604.1",
     "Safari på iPhone"),
    (f"Mozilla/5.0 ({IPHONE}) AppleWebKit/605.1.15 CriOS/130.0 Safari/604.1",
     "Chrome på iPhone"),
    ("Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
     "Firefox på Linux"),
    ("curl/8.0", "Okänd webbläsare"), ("", "Okänd webbläsare")])
def test_a_browser_is_called_what_its_owner_calls_it(app, agent, words):
    with app.test_request_context():
        assert browser_in_words(agent) == words
