from concurrent.futures import ThreadPoolExecutor

import pytest

from domain.errors import DomainError
from tests.domain.importing import Importing


@pytest.fixture
def importing(make) -> Importing:
    return Importing(make)


@pytest.fixture
def at_once(store):
    """Gives what each of sixteen got, None for those who were refused."""
    def at_once(do):
        def one(number):
            with store.session() as session:
                try:
                    with store.transaction(session):
                        return do(session, number)
                except DomainError:
                    return None

        with ThreadPoolExecutor(16) as pool:
            return list(pool.map(one, range(16)))
    return at_once
