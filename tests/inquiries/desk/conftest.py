import pytest

from tests.factories import make_staff, sign_in


@pytest.fixture
def ana(client):
    """At the front desk, where names are shown in the list too."""
    return sign_in(client, make_staff("front-desk", "ana", first_name="Ana"))


@pytest.fixture
def lead(client):
    return sign_in(client, make_staff("lead", "lena"))
