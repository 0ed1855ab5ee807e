"""A page whose front matter is a form: nobody types YAML, and nothing of it is lost."""

import pytest

from kapsite.editor.models import ContentVersion
from tests.editor.test_views import PAGE
from tests.pages.samples import make_page

FORM = {"meta-changes-count": "1", "meta-uncited-count": "1"}


@pytest.fixture
def typed(pat):
    """What the browser sends of the page as it was opened."""
    form, meta = (pat.get(PAGE).context[name] for name in ("form", "written"))
    fields = {f"meta-{name}": meta.meta[name].value() for name in meta.meta.fields}
    return {name: form[name].value() for name in form.fields} | FORM | fields


def draft() -> str:
    found = ContentVersion.objects.draft_of("index.md")
    return found.text_of("index.md") if found else ""


def test_what_nobody_changed_makes_no_draft(pat, typed):
    pat.post(PAGE, typed)
    assert draft() == ""


def test_a_title_typed_in_the_form_is_in_the_front_matter(pat, typed):
    pat.post(PAGE, typed | {"meta-title": "Welcome: come in", "text": "Newer [@S1; @S2]."})
    assert draft().startswith("---\ntitle: 'Welcome: come in'\ndescription:")
    assert draft().endswith("---\nNewer [@S1; @S2].\n")


def test_lines_count_from_the_top_of_what_is_shown(pat, typed):
    answer = pat.post(PAGE, typed | {"text": "Text.\n\n[x](/nowhere/)", "check": "1"})
    [(spot, *_)] = [each for each in answer.context["problems"] if "/nowhere/" in each[1]]
    assert (spot.label, spot.line) == ("Line 3", 3)


@pytest.fixture
def with_empty_line(content):
    (content / "index.md").write_text(make_page("\nText [@S1; @S2].", title="Home"))


def test_the_text_begins_with_its_first_line(with_empty_line, pat, typed):
    assert not typed["text"].startswith("\n")
    pat.post(PAGE, typed)
    assert draft() == ""
    test_lines_count_from_the_top_of_what_is_shown(pat, typed)
    pat.post(PAGE, typed | {"text": "Newer."})
    assert draft().endswith("---\n\nNewer.\n")


def test_a_page_may_begin_with_its_title(pat, typed):
    page = PAGE.replace("index", "new")
    pat.post(page, typed | {"meta-title": "Parking", "text": ""})
    first = ContentVersion.objects.draft_of("new.md")
    assert "title: Parking" in first.text_of("new.md")
    pat.post(page, typed | {"text": "Words.", "began_with": first.pk})
    assert ContentVersion.objects.draft_of("new.md").text_of("new.md").endswith("---\n\nWords.\n")


def test_a_problem_of_the_front_matter_leads_to_its_field(pat, typed):
    answer = pat.post(PAGE, typed | {"meta-description": "Too short", "check": "1"})
    assert '<a href="#id_meta-description">Description</a>' in answer.content.decode()
    [error] = answer.context["written"].meta["description"].errors
    assert "Write at least 50." in error


def test_a_key_that_is_missing_leads_to_its_field(pat, typed):
    answer = pat.post(PAGE, typed | {"meta-title": "", "check": "1"})
    assert answer.context["written"].meta["title"].errors == ["This is missing. Fill it in."]


def test_the_front_matter_can_be_written_as_text_and_back_again(pat, typed):
    whole = pat.post(PAGE, typed | {"meta-title": "Newer", "show": "text"}).context["form"]
    assert whole["text"].value().startswith("---\ntitle: Newer\n")
    data = {name: whole[name].value() for name in whole.fields} | {"show": "form"}
    written = pat.post(PAGE, data).context["written"]
    assert written.meta["title"].value() == "Newer"
    assert draft() == ""


def test_front_matter_that_cannot_be_read_stays_text(pat):
    text = make_page(title="[")
    answer = pat.post(PAGE, {"text": text, "began_with": 1, "show": "form"})
    assert answer.context["written"].meta is None
    assert answer.context["form"]["text"].value() == text + "\n"


def test_without_script_a_button_puts_its_piece_in_after_the_line(pat, typed):
    answer = pat.post(PAGE, typed | {"text": "One.\n\nTwo.", "insert": "[@S1]", "after": "1"})
    assert answer.context["form"]["text"].value() == "One [@S1].\n\nTwo.\n"
    assert draft() == ""


def test_a_form_of_which_part_is_lost_keeps_what_was_typed(pat, typed):
    answer = pat.post(PAGE, {**typed, "text": "Newer words", "meta-changes-count": ""})
    assert answer.context["form"]["text"].value() == "Newer words"
    assert draft() == ""


def test_two_megabytes_from_word_come_back_with_what_to_do(pat):
    pasted = "word " * 400_000
    answer = pat.post(PAGE, {"text": pasted, "began_with": 1})
    assert "This is too long for a page: 2000000 characters" in answer.content.decode()
    assert answer.context["form"]["text"].value() == pasted
    assert draft() == ""
