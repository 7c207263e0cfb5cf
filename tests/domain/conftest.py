import pytest

from tests.domain.importing import Importing


@pytest.fixture
def importing(make) -> Importing:
    return Importing(make)
