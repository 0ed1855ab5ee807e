"""A draft reaches readers whole, or everything stays as it was."""

from datetime import timedelta

from django.utils import timezone

from kapsite.editor.models import ContentVersion, Kind, Publication
from kapsite.editor.versions import history
from kapsite.operations.alerts.models import Alert, AlertKind
from kapsite.pages.publish.serving.published_set import current_folder
from tests.editor.conftest import NEW
from tests.pages.samples import make_page

BROKEN = make_page("[A link](/nowhere/).", title="Home")


def readers_see(settings) -> str:
    return (current_folder(settings.PUBLISHED_DIR) / "index.html").read_text()


def test_a_draft_is_written_into_its_file_and_published(ask, publish, content, settings, author):
    asked = ask()
    assert publish()
    asked.refresh_from_db()
    assert (asked.problem, asked.name) == ("", current_folder(settings.PUBLISHED_DIR).name)
    assert (content / "index.md").read_text() == NEW + "\n"
    assert "Better words" in readers_see(settings)
    current = ContentVersion.objects.current()
    assert (current.kind, current.author, current.reason) == (Kind.EDIT, author, "Say it better")
    assert ContentVersion.objects.draft_of("index.md") is None


def test_a_draft_with_a_mistake_leaves_file_and_readers_as_they_were(
    ask, publish, content, settings
):
    ask()
    publish()
    seen, asked = readers_see(settings), ask(BROKEN)
    publish()
    asked.refresh_from_db()
    assert "something to fix" in asked.problem
    assert (content / "index.md").read_text() == NEW + "\n"
    assert readers_see(settings) == seen
    assert ContentVersion.objects.draft_of("index.md") is not None


def test_what_the_check_refused_is_listed_as_beside_the_form(ask, publish, pat):
    ask(BROKEN)
    publish()
    shown = pat.get("/admin/edit/")
    [(title, [error])] = shown.context["refused"]
    assert (title, error.label) == ("Home", "Line 1")
    assert error.href == "/admin/edit/page/index.md/#line-1"
    assert "content/index.md" not in shown.text
    assert "check_content" not in shown.text


def test_a_publish_that_fails_is_an_alert_until_one_succeeds(ask, publish):
    ask(BROKEN)
    publish()
    assert [alert.kind for alert in Alert.objects.all()] == [AlertKind.PUBLISH]
    ask()
    publish()
    assert not Alert.objects.exists()


def test_a_full_disk_leaves_everything_as_it_was_and_is_not_tried_for_ever(
    ask, publish, content, fill_disk
):
    before = (content / "index.md").read_text()
    ask()
    fill_disk()
    assert publish()
    assert "No space left on device" in Publication.objects.get().problem
    assert (content / "index.md").read_text() == before
    assert not publish()


def test_an_error_that_nobody_thought_of_leaves_everything_as_it_was(
    ask, publish, content, monkeypatch
):
    def broken(*_):
        raise RuntimeError("a template is broken")

    before = (content / "index.md").read_text()
    ask()
    monkeypatch.setattr("kapsite.editor.publication.publishing.publish", broken)
    assert publish()
    assert "Something went wrong on the server (RuntimeError)" in Publication.objects.get().problem
    assert (content / "index.md").read_text() == before
    assert [each.kind for each in ContentVersion.objects.exclude(in_folder_since=None)] == ["found"]


def test_a_draft_that_was_saved_after_publishing_was_asked_for_stays(ask, publish, write):
    ask()
    write("index.md", make_page("Newer words [@S1; @S2].", title="Home"))
    publish()
    assert "Newer words" in ContentVersion.objects.draft_of("index.md").text_of("index.md")


def test_while_a_worker_publishes_nobody_waits(content):
    found = history.up_to_date()
    with history.content_lock():
        (content / "index.md").write_text("half written")
        assert history.up_to_date() == found


def test_a_page_that_changed_meanwhile_is_not_overwritten(ask, publish, content):
    ask()
    (content / "index.md").write_text(make_page("Typed elsewhere [@S1].", title="Home"))
    publish()
    assert "“Home” changed in the meantime" in Publication.objects.get().problem
    assert "Typed elsewhere" in (content / "index.md").read_text()


def test_what_changed_meanwhile_on_other_pages_stays(ask, publish, content):
    ask()
    (content / "risks.md").write_text(make_page("Other words [@S1; @S2].", title="Risks"))
    publish()
    assert Publication.objects.get().problem == ""
    assert "Other words" in (content / "risks.md").read_text()
    assert ContentVersion.objects.current().parent.kind == Kind.OUTSIDE


def test_two_drafts_of_different_pages_are_published_one_after_the_other(ask, publish, content):
    ask()
    ask(make_page("More [@S1; @S2].", title="Risks"), "risks.md")
    assert [publish(), publish(), publish()] == [True, True, False]
    assert not Publication.objects.exclude(problem="").exists()
    assert "Better words" in (content / "index.md").read_text()
    assert "More" in (content / "risks.md").read_text()


def test_what_is_scheduled_does_not_hold_up_what_is_not(ask, publish, content):
    ask()
    Publication.objects.update(publish_on=timezone.now() + timedelta(days=1))
    ask(make_page("More [@S1; @S2].", title="Risks"), "risks.md")
    assert publish()
    assert "More" in (content / "risks.md").read_text()


def test_a_new_page_is_a_new_file(ask, publish, content):
    ask(make_page("A newer one [@S1; @S2].", title="Newer"), "below/newer.md")
    publish()
    assert Publication.objects.get().problem == ""
    assert "A newer one" in (content / "below/newer.md").read_text()


def test_an_earlier_version_comes_back_as_a_new_one(ask, publish, author, settings):
    first = history.up_to_date()
    ask()
    publish()
    current = ContentVersion.objects.current()
    Publication.objects.ask(current, first.files, author, "It was better", Kind.BACK)
    publish()
    assert "Better words" not in readers_see(settings)
    current = ContentVersion.objects.current()
    assert (current.kind, current.files) == (Kind.BACK, first.files)
    assert [each.kind for each in ContentVersion.objects.exclude(in_folder_since=None)] == [
        Kind.FOUND,
        Kind.EDIT,
        Kind.BACK,
    ]
