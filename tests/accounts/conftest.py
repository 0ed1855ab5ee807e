import pytest
from django.core.cache import cache

from .people import make_settled


@pytest.fixture(autouse=True)
def _no_limit_reached(db):
    """What was counted for one test does not count for the next; a code is used once in each."""
    cache.clear()


@pytest.fixture
def ana(db):
    """A lead who has set up everything."""
    return make_settled()
