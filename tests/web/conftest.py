"""The public app, on a phone."""
import pytest

from tests.conftest import NOON
from tests.web.allpay_app import App


@pytest.fixture
def fresh(app, make) -> App:
    """Before its traveller has registered Allpay in it, with the code at hand."""
    make.price_list()
    fresh = App(app, make, at=NOON)
    fresh.connection = make.connection()
    fresh.code = make.code(fresh.connection)
    return fresh


@pytest.fixture
def phone(app, make) -> App:
    """Once Allpay is registered in it."""
    make.price_list()
    phone = App(app, make, at=NOON)
    phone.connection = make.connection()
    make.payment_method(phone.connection, phone.client)
    phone.method = "p" * 43
    return phone
