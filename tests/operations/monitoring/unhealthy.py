import pytest

from kapsite.operations.monitoring.results import Unhealthy


def problem(check) -> str:
    with pytest.raises(Unhealthy) as raised:
        check()
    assert raised.value.fix
    return f"{raised.value.words}. {raised.value.fix}"
