"""Who did what with the content stays in a log that nobody can change."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from kapsite.database.append_only import AppendOnly
from kapsite.editor.models import ContentVersion
from kapsite.editor.versions.action_log import ContentAction
from tests.editor.test_views import PAGE, confirm, save


def logged() -> list[tuple]:
    rows = ContentAction.objects.order_by("pk")
    return [(row.act, row.by.username if row.by else row.by_name, row.details) for row in rows]


def write_and_publish(pat, **also):
    save(pat, pat.get(PAGE).context["written"].base + "\nMore words.\n")
    confirm(pat, "Say more", **also)


def test_writing_publishing_and_what_came_of_it_are_logged_with_the_name(pat, publish):
    write_and_publish(pat)
    publish()
    assert logged() == [
        ("drafted", "pat", "Home"),
        ("asked", "pat", "Home: Say more"),
        ("published", "pat", "Home: Say more"),
    ]


def test_canceling_and_discarding_are_logged(pat):
    write_and_publish(pat, publish_on="2099-01-01T10:00")
    assert logged()[1:] == []  # more than a year ahead is refused
    pat.post(f"{PAGE}discard/", {"sure": "1"})
    assert logged()[1:] == [("discarded", "pat", "Home")]


def test_what_someone_publishes_at_a_terminal_is_logged_with_the_system_user(content, monkeypatch):
    monkeypatch.setattr("getpass.getuser", lambda: "ana")
    call_command("publish", verbosity=0)
    (content / "index.md").write_text((content / "index.md").read_text() + "\nMore words.\n")
    call_command("publish")
    assert [row[:2] for row in logged()] == [
        ("published", "ana"), ("outside", "ana"), ("published", "ana"),
    ]  # fmt: skip
    assert ContentVersion.objects.current().by == "ana"


def test_the_log_cannot_be_changed(pat):
    write_and_publish(pat)
    with pytest.raises(AppendOnly):
        ContentAction.objects.all().delete()


@pytest.mark.parametrize(
    ("role", "status"), [("lead", 200), ("publisher", 200), ("clinician", 403)]
)
def test_leads_and_editors_read_the_log(browser, pat, role, status):
    write_and_publish(pat)
    answer = browser(role, "lena").get(reverse("editor:actions"))
    assert answer.status_code == status
    assert ("Home: Say more" in answer.content.decode()) == (status == 200)
