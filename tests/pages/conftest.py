import pytest

from tests.pages.real_content import RealContent
from tests.pages.samples import TODAY, check_content, load_catalog, make_content, make_page


@pytest.fixture(autouse=True)
def nothing_published(request, settings, tmp_path):
    """Sample pages aren't compared with what other tests of this process have published."""
    if "application" not in request.fixturenames:
        settings.PUBLISHED_DIR = tmp_path / "published"


@pytest.fixture
def problems_with(tmp_path):
    """The problems of a sample site with one page more, ``page.md``, made from a body."""

    def check(body: str = "Text.", **front_matter: str) -> list[str]:
        content = make_content(tmp_path, page=make_page(body, **front_matter))
        return [str(problem) for problem in check_content(content, TODAY)]

    return check


@pytest.fixture
def html_of(tmp_path):
    """The HTML of a page made from a body."""

    def render(body: str, **front_matter: str) -> str:
        content = make_content(tmp_path, page=make_page(body, **front_matter))
        return load_catalog(content).pages["/page/"].html

    return render


@pytest.fixture(scope="session")
def real(tmp_path_factory):
    """The real content, to be changed in one file at a time."""
    return RealContent(tmp_path_factory.mktemp("real"))
