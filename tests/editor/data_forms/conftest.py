import pytest

from tests.editor.data_forms.test_data_views import CHART


@pytest.fixture
def chart(content):
    (content / "charts").mkdir()
    (content / "charts/one.yaml").write_text(CHART)
