"""An address that was published once keeps leading somewhere."""

from datetime import date

import pytest

from kapsite.content_files.problems import ContentError
from kapsite.pages.publish.publisher import publish
from kapsite.pages.publish.serving.server import PageServer
from tests.pages.samples import make_content, make_page
from tests.wsgi import ask

TODAY = date(2026, 11, 22)


@pytest.fixture
def content(tmp_path):
    return make_content(tmp_path, old=make_page(title="The old page"))


@pytest.fixture
def published(content, tmp_path):
    publish(content, tmp_path / "published", TODAY)
    return tmp_path / "published"


def rename(content, **front_matter):
    (content / "old.md").unlink()
    page = make_page(title="The new page", **front_matter)
    (content / "new.md").write_text(page, encoding="utf-8")


def problems(content, published):
    with pytest.raises(ContentError) as caught:
        publish(content, published, TODAY)
    return caught.value.problems


def test_a_page_that_was_renamed_is_found_at_its_old_address(content, published):
    rename(content, redirect_from="[/old/]")
    publish(content, published, TODAY)
    server = PageServer(None, published)
    for path in ("/old/", "/old"):
        answer = ask(server, path)
        assert (answer.status, answer.headers["Location"]) == (301, "/new/")


def test_a_page_that_would_disappear_is_a_problem_that_says_what_to_write(content, published):
    rename(content)
    [problem] = problems(content, published)
    assert problem.file == "content/old.md"
    assert problem.message == "/old/ is a published address and would lead nowhere."
    assert "Put old.md back" in problem.fix
    assert "`redirect_from: [/old/]`" in problem.fix


def test_a_team_page_that_lost_its_people_names_their_file(content, published):
    (content / "team.md").write_text(make_page(title="Our team"), encoding="utf-8")
    publish(content, published, TODAY)
    (content / "team.md").unlink()
    [problem] = problems(content, published)
    assert problem.file == "content/people.yaml"
    assert problem.fix.startswith("Put the people back, or add")


def test_an_old_address_may_not_disappear_later(content, published):
    rename(content, redirect_from="[/old/]")
    publish(content, published, TODAY)
    (content / "new.md").write_text(make_page(title="The new page"), encoding="utf-8")
    assert [problem.file for problem in problems(content, published)] == ["content/old.md"]


def test_a_page_that_cannot_be_read_is_not_taken_for_a_removed_one(content, published):
    (content / "old.md").write_text("---\ntitle: [\n")
    assert {problem.file for problem in problems(content, published)} == {"content/old.md"}


@pytest.mark.parametrize(
    ("old", "says"),
    [
        ("/", "isn't an address of this site"),
        ("old", "isn't an address of this site"),
        ("/Old/", "isn't an address of this site"),
        ("https://example.org/", "isn't an address of this site"),
        ("/page/", "belongs to content/page.md"),
        ("/request-evaluation/", "belongs to the site itself"),
    ],
)
def test_an_old_address_must_be_free_and_of_this_site(content, published, old, says):
    page = make_page(title="A second page", redirect_from=f'["{old}"]')
    (content / "page.md").write_text(make_page(title="A page"), encoding="utf-8")
    (content / "second.md").write_text(page, encoding="utf-8")
    [problem] = problems(content, published)
    assert says in problem.message
    assert problem.line == 4
