"""Drafts that can't do without each other reach readers in one publication, or none of them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kapsite.editor.models import ContentVersion, Publication
from tests.editor.data_forms.test_data_views import CHART
from tests.pages.samples import make_page

LIST = "/admin/edit/"
PUBLISH = f"{LIST}page/risks.md/publish/"
SOURCE = '\nS9:\n  title: New\n  kind: trial\n  check: A\n  shows: "It helped."\n'
DETAILS = '  details: "45 in 100 of 60 people."\n'
PLANNED = f"{timezone.now() + timedelta(days=90):%Y-%m-%dT%H:%M}"
CITES = make_page("Text with its sources [@S1; @S9].", title="Risks")


def draft_of(file):
    return ContentVersion.objects.draft_of(file)


@pytest.fixture
def sources(content):
    return (content / "sources.yaml").read_text() + SOURCE


@pytest.fixture
def pat(pat, write, sources):
    """The browser of a publisher; a page cites a source, and both are drafts."""
    write("sources.yaml", sources)
    write("risks.md", CITES)
    return pat


def confirm(client, url=PUBLISH, shown=None, **also):
    form = (shown or client.get(url)).context["form"]
    data = {"reason": "A new trial", "seen": form["seen"].value(), "together": "on"}
    return client.post(url, data | also, follow=True)


def test_a_page_its_chart_and_the_source_of_that_are_published_together(pat, write, publish):
    """And before that, all are seen: the page has the chart, and no error stands in its way."""
    write("sources.yaml", draft_of("sources.yaml").text_of("sources.yaml") + DETAILS)
    write("charts/one.yaml", CHART.replace("[S1]", "[S9]"))
    write("risks.md", make_page('## One {#one}\n\n::: chart id="one"\n:::', title="Risks"))
    url = f"{LIST}page/risks.md/"
    opened = pat.get(url).context
    assert [level for *_, level in opened["problems"]] == ["warning"]
    typed = {"text": opened["written"].editing.text, "began_with": opened["editing"].shown.pk}
    assert "Some were better" in pat.post(f"{url}live/", typed).json()["page"]
    pieces = [piece.hint for _, _, found in opened["tools"] for piece in found]
    assert "Some were better" in pieces
    assert "Publishing" in confirm(pat).content.decode()
    publish()
    assert not ContentVersion.objects.open_drafts().exists()


def test_a_page_and_the_source_that_it_cites_are_published_together(pat, publish, content):
    shown = pat.get(PUBLISH).content.decode()
    assert "Publish together with the draft of “Sources" in shown
    assert '<th scope="row">S9 › Title</th>' in shown
    assert "Publishing" in confirm(pat, shown=pat.get(PUBLISH)).content.decode()
    publish()
    assert "S9" in (content / "risks.md").read_text()
    assert "S9" in (content / "sources.yaml").read_text()
    assert not ContentVersion.objects.open_drafts().exists()


def test_without_the_tick_nothing_is_published_and_the_reason_is_kept(pat):
    answer = confirm(pat, together="")
    assert "This can’t be published alone" in answer.content.decode()
    assert answer.context["form"]["reason"].value() == "A new trial"
    assert not Publication.objects.exists()


def test_a_draft_that_needs_no_other_is_published_alone(pat, publish):
    confirm(pat, f"{LIST}page/sources.yaml/publish/")
    publish()
    assert draft_of("sources.yaml") is None
    assert draft_of("risks.md")
    assert "together" not in pat.get(PUBLISH).context["form"].fields


@pytest.mark.parametrize("file", ["sources.yaml", "risks.md"])
def test_if_one_of_them_is_saved_again_both_are_looked_at_once_more(pat, write, file):
    shown = pat.get(PUBLISH)
    write(file, draft_of(file).text_of(file).replace("New", "Newer").replace("Text", "Words"))
    answer = confirm(pat, shown=shown)
    assert "Look again at what is shown now" in answer.content.decode()
    assert not Publication.objects.exists()
    assert "Publishing" in confirm(pat, shown=answer).content.decode()


def test_what_was_saved_after_it_was_asked_for_stays_a_draft(pat, write, publish, sources):
    confirm(pat)
    write("sources.yaml", sources.replace("It helped", "It helped a little"))
    publish()
    assert "a little" in draft_of("sources.yaml").text_of("sources.yaml")
    assert draft_of("risks.md") is None


def test_if_one_file_changed_meanwhile_neither_is_written(pat, publish, content):
    confirm(pat)
    theirs = SOURCE.replace("New", "Another")
    (content / "sources.yaml").write_text((content / "sources.yaml").read_text() + theirs)
    before = (content / "risks.md").read_text()
    publish()
    assert Publication.objects.get().problem.startswith("“Sources to cite” changed in the meantime")
    assert (content / "risks.md").read_text() == before
    assert draft_of("risks.md")


def test_a_source_that_was_published_before_its_page_is_due_is_no_conflict(pat, publish):
    confirm(pat, publish_on=PLANNED)
    confirm(pat, f"{LIST}page/sources.yaml/publish/")
    publish()
    Publication.objects.update(publish_on=None)
    publish()
    assert not Publication.objects.exclude(problem="").exists()
    assert not ContentVersion.objects.open_drafts().exists()


def test_a_source_that_is_a_draft_is_offered_to_those_who_cite(pat):
    tools = {name: pieces for name, _, pieces in pat.get(f"{LIST}page/index.md/").context["tools"]}
    assert "[@S9]" in [piece.text for piece in tools["Cite a source"]]


def test_a_time_that_is_over_is_refused(pat):
    shown = confirm(pat, publish_on=f"{timezone.now() - timedelta(days=2):%Y-%m-%dT%H:%M}")
    assert "This time has passed." in shown.content.decode()
    assert not Publication.objects.exists()


def test_what_is_planned_together_is_canceled_together_and_the_drafts_stay(pat):
    confirm(pat, publish_on=PLANNED)
    pat.post(f"{LIST}cancel/{Publication.objects.get().pk}/")
    assert not Publication.objects.waiting().exists()
    assert draft_of("sources.yaml")
    assert draft_of("risks.md")


@pytest.mark.parametrize(
    ("discarded", "kept"), [("sources.yaml", "risks.md"), ("risks.md", "sources.yaml")]
)
def test_discarding_either_draft_cancels_what_was_planned_with_both(pat, discarded, kept):
    confirm(pat, publish_on=PLANNED)
    pat.post(f"{LIST}page/{discarded}/discard/", {"sure": "1"})
    assert not Publication.objects.waiting().exists()
    assert draft_of(kept)


def test_an_error_in_the_other_draft_is_said_to_be_there(pat, write, sources):
    write("sources.yaml", sources.replace("check: A", "check: Z"))
    answer = pat.get(PUBLISH)
    assert "What keeps the draft of “Sources to cite” from being" in answer.content.decode()
    confirm(pat, shown=answer)
    assert not Publication.objects.exists()


def test_two_new_pages_that_link_to_each_other_are_published_together(pat, write, publish, content):
    for name, other in (("one", "two"), ("two", "one")):
        write(f"{name}.md", make_page(f"[The other](/{other}/) [@S1; @S2].", title=name))
    confirm(pat, f"{LIST}page/one.md/publish/")
    publish()
    assert (content / "one.md").exists()
    assert (content / "two.md").exists()


def test_a_source_is_removed_together_with_the_sentence_that_cited_it(pat, write, publish, content):
    confirm(pat)
    publish()
    without = (content / "sources.yaml").read_text().replace(SOURCE.lstrip(), "")
    write("sources.yaml", without)
    write("risks.md", CITES.replace("; @S9", "; @S2"))
    confirm(pat, f"{LIST}page/sources.yaml/publish/")
    publish()
    assert "S9" not in (content / "sources.yaml").read_text()
    assert "S9" not in (content / "risks.md").read_text()
