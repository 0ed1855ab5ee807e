"""Who approved which medical text, and that a change to it ends the approval."""

import pytest
import yaml
from django.core.management import CommandError, call_command

from kapsite.pages.check.sign_offs import passages, unsigned
from kapsite.pages.load.site import read_site
from tests.pages.samples import check_content, make_content, make_page

# About files. The command records history, which tests/editor/versions is about on both.
pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]
PAGE = "It helps people [@S1].\nBring tea.\nIt helps people to plan.\nKetamine is a drug [@S2]."
EXEMPT = "\n  - text: It helps people to\n    reason: It is our own plan."


@pytest.fixture
def content(tmp_path, settings):
    settings.CONTENT_DIR = make_content(tmp_path, page=make_page(PAGE, uncited=EXEMPT))
    return settings.CONTENT_DIR


def run(capsys, *arguments: str) -> str:
    call_command("sign_off", *arguments)
    return capsys.readouterr().out


def waiting(content) -> list[str]:
    return [problem.message for problem in unsigned(read_site(content)) if "page" in problem.file]


def test_medical_sentences_and_exemptions_wait_for_a_name_and_stop_nothing(content):
    assert check_content(content) == []
    assert waiting(content) == [
        '4 medical texts without a sign-off, beginning with "Exempt: It helps people to"'
    ]


def test_the_command_shows_what_it_would_approve(content, capsys):
    shown = run(capsys, "content/page.md")
    assert "line 8: It helps people.\n" in shown
    assert "Ketamine is a drug." in shown
    assert "Bring tea." not in shown
    assert not (content / "signoffs.yaml").exists()


def test_what_needs_no_source_because_it_asks_still_waits_for_a_name(content):
    page = make_page("Ask if it helps people.\nBring tea.")
    (content / "page.md").write_text(page)
    assert check_content(content) == []
    assert waiting(content) == [
        'One medical text without a sign-off, beginning with "Ask if it helps people."'
    ]


def test_a_name_covers_all_of_a_page_as_it_is(content, capsys):
    run(capsys, "content/page.md", "--name", "Ana Diaz, MD")
    assert waiting(content) == []
    [entry] = yaml.safe_load((content / "signoffs.yaml").read_text())
    assert (entry["file"], entry["reviewed_by"]) == ("content/page.md", "Ana Diaz, MD")
    assert check_content(content) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("It helps people [@S1]", "It helps many people [@S1]"),
        ("It helps people [@S1]", "It helps people [@S2]"),
        ("our own plan", "our own idea"),
    ],
)
def test_a_change_ends_the_approval_of_that_text_alone(content, capsys, before, after):
    run(capsys, "content/page.md", "--name", "Ana Diaz, MD")
    page = content / "page.md"
    page.write_text(page.read_text().replace(before, after, 1))
    [message] = waiting(content)
    assert message.startswith("One medical text without a sign-off")


def test_another_line_or_new_words_of_no_claim_change_nothing(content, capsys):
    run(capsys, "content/page.md", "--name", "Ana Diaz, MD")
    page = content / "page.md"
    page.write_text(page.read_text().replace("Bring tea.", "\nPlease bring tea."))
    assert waiting(content) == []


def test_a_second_person_signs_only_what_is_new(content, capsys):
    run(capsys, "content/page.md", "--name", "Ana Diaz, MD")
    page = content / "page.md"
    page.write_text(page.read_text().replace("Ketamine is", "Ketamine was"))
    run(capsys, "content/page.md", "--name", "Ben Ito, MD")
    first, second = yaml.safe_load((content / "signoffs.yaml").read_text())
    assert (len(first["texts"]), len(second["texts"])) == (3, 1)
    assert second["reviewed_by"] == "Ben Ito, MD"
    assert check_content(content) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("content/pages.md",), 'Did you mean "content/page.md"?'),
        (("--name", "Ana Diaz"), "Name the file too"),
        (("content/page.md", "--name", "Ana"), "Write the full name"),
    ],
)
def test_a_mistake_is_explained(content, arguments, message):
    with pytest.raises(CommandError) as error:
        call_command("sign_off", *arguments)
    assert message in str(error.value)


def test_a_broken_file_is_not_overwritten(content):
    (content / "signoffs.yaml").write_text("- file: [x\n")
    with pytest.raises(CommandError, match="has an error"):
        call_command("sign_off", "content/page.md", "--name", "Ana Diaz")
    assert (content / "signoffs.yaml").read_text() == "- file: [x\n"


def test_nobody_has_signed_the_real_content_yet(real):
    assert real.site.data.sign_offs == ()
    files = {problem.file for problem in unsigned(real.site)}
    assert {"content/risks.md", "content/charts/onset.yaml", "content/medicines.yaml"} <= files


def test_a_passage_says_what_it_depends_on(real):
    found = list(passages(real.site))
    charts = {each.file: each for each in found if each.file.startswith("content/charts/")}
    assert charts["content/charts/social-anxiety.yaml"].depends_on
    assert charts["content/charts/onset.yaml"].depends_on  # whose groups have sources of their own
    assert any("S9" in each.depends_on.split(", ") for each in found)
    assert {each.depends_on for each in found if each.file.endswith("glossary.yaml")} <= {""}
