import pytest

from kapsite.content_files.problems import Report
from kapsite.pages.syntax.frontmatter import read
from tests.pages.samples import DESCRIPTION, make_page


def problems_of(text: str) -> list[str]:
    report = Report("page.md")
    read(text, report)
    return [str(problem) for problem in report.problems]


def test_a_page_is_divided_into_metadata_and_body():
    report = Report("page.md")
    document = read(make_page("Text.", title="Risks"), report)
    assert (document.meta.title, document.body, report.problems) == ("Risks", "Text.", [])


def test_the_body_knows_its_first_line_in_the_file():
    text = make_page("Body here.")
    assert text.split("\n")[read(text, Report("page.md")).body_line - 1] == "Body here."


def test_a_line_of_hyphens_in_the_body_does_not_end_the_front_matter_again():
    assert read(make_page("One.\n\n---\n\nTwo."), Report("page.md")).body == "One.\n\n---\n\nTwo."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "page.md:1: The file is empty."),
        (" \n\n", "page.md:1: The file is empty."),
        ("## Heading\n", "page.md:1: The front matter is missing."),
        ("\n" + make_page(), "page.md:1: The front matter is missing."),
        ("---\ntitle: T\nText", "page.md:1: The front matter isn't closed."),
        ("---", "page.md:1: The front matter isn't closed."),
        ("---\n---\nText", "page.md:2: There are no keys here."),
    ],
)
def test_front_matter_that_is_not_there_or_not_whole_is_reported(text, message):
    [problem] = problems_of(text)
    assert problem.startswith(message)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("title", "Hi", '"title" has 2 characters. Fix: Write at least 3.'),
        ("title", "T" * 71, '"title" has 71 characters. Fix: Shorten it to 70.'),
        ("title", '"**Risks**"', 'title: "**" would be shown literally.'),
        ("title", '"Risks [@S1]"', 'title: "[@" would be shown literally.'),
        ("description", "Too short.", '"description" has 10 characters. Fix: Write at least 50.'),
        ("guide", "first", '"guide" should be a whole number.'),
        ("menu_in", "heder", 'menu_in: "heder" isn\'t valid. Fix: Did you mean "header"?'),
        ("reviewed_on", "yesterday", 'reviewed_on: "yesterday" isn\'t a date.'),
        ("requires", "risks", '"requires" should be a list.'),
        ("changes", "[{on: 2026-01-01}]", '"note" is missing.'),
        ("reading", "{limit: 9}", '"reason" is missing.'),
        ("uncited", "[{text: It helps}]", '"reason" is missing.'),
        ("layout", "wide", '"layout" isn\'t a known key.'),
    ],
)
def test_a_wrong_value_is_reported_with_its_line(key, value, message):
    line = {"title": 2, "description": 3}.get(key, 4)
    [problem] = problems_of(make_page(**{key: value}))
    assert problem.startswith(f"page.md:{line}: ")
    assert message in problem


def test_every_key_of_the_schema_is_understood():
    report = Report("page.md")
    document = read(
        make_page(
            menu="Risks",
            guide="20",
            lead="What can go wrong [@S1].",
            menu_in="header",
            reviewed_on="2026-11-22",
            review_by="2027-05-22",
            reviewed_by="A. Person, MD",
            changes="[{on: 2026-11-22, note: Written.}]",
            uncited='[{text: "It helps", reason: "A person says so."}]',
            reading="{limit: 8.5, reason: Names of medicines.}",
            requires="[benefits]",
        ),
        report,
    )
    assert report.problems == []
    assert document.meta.description == DESCRIPTION
    assert document.meta.requires == ("benefits",)
