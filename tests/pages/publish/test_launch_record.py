"""The first publish on a public address, and what comes after it."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command

from kapsite.inquiries.desk.reports import system_status
from kapsite.pages.publish.launch_record import LAUNCH, NotReady, is_public
from kapsite.pages.publish.publisher import publish
from kapsite.pages.publish.serving.server import PageServer
from tests.pages.check.test_launch import READY
from tests.pages.samples import TODAY, make_content, make_page
from tests.wsgi import ask

# About files. The command records history, which tests/editor/versions is about on both.
pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

LATER = date(2027, 6, 1)  # the tests of the crisis lines are old by then
FORM = "/request-evaluation/"


@pytest.fixture
def content(tmp_path, settings):
    """Sample content on a public site, with nothing that a launch requires but its lines."""
    settings.SITE_URL = "https://kap.example.org"
    settings.PUBLISHED_DIR = tmp_path / "published"
    settings.CONTENT_DIR = make_content(tmp_path, page=make_page(title="A page"))
    return settings.CONTENT_DIR


@pytest.fixture
def published(content, settings):
    return settings.PUBLISHED_DIR


@pytest.fixture
def ready(content):
    (content / "clinic.yaml").write_text(READY)
    return content


def edit(content):
    page = content / "page.md"
    page.write_text(f"{page.read_text()}\n\nPlease come in.\n")


def overview():
    return [(line.words, line.is_well) for line in system_status.launch()]


def test_the_first_publish_on_a_public_site_is_refused_with_what_is_missing(content, published):
    with pytest.raises(NotReady, match=r"^Phone number, Reply promise, Clinical reviewer, Consent"):
        publish(content, published, TODAY)
    assert not (published / "current").exists()


def test_a_set_that_was_published_on_localhost_is_no_launch(content, published, settings):
    settings.SITE_URL, public = "http://localhost:8000", settings.SITE_URL
    publish(content, published, TODAY)
    settings.SITE_URL = public
    with pytest.raises(NotReady):
        publish(content, published, TODAY)


def test_the_command_says_in_plain_words_what_is_missing_and_what_to_do(content):
    with pytest.raises(CommandError) as caught:
        call_command("publish", no_color=True)
    words = str(caught.value)
    assert "https://kap.example.org isn't ready to launch. Still missing: Phone number," in words
    assert "--preview" in words
    assert "--launch-anyway" in words


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("http://localhost:8000", False),
        ("https://LOCALHOST", False),
        ("https://kap.localhost", False),
        ("http://127.0.0.1:8000", False),
        ("https://127.8.9.1", False),
        ("https://[::1]:8443", False),
        ("https://kap.example.org", True),
        ("https://localhost.example.org", True),
        ("https://192.168.1.5", True),
    ],
)
def test_only_this_machine_is_not_public(address, public):
    assert is_public(address) == public


def test_on_localhost_nothing_is_refused_or_recorded(content, published, settings):
    settings.SITE_URL = "http://localhost:8000"
    publish(content, published, LATER)
    edit(content)
    assert publish(content, published, LATER).missing == ()
    assert not (published / "current" / LAUNCH).exists()
    assert overview() == []


def test_a_site_that_is_ready_is_launched_without_more_words(ready, published):
    assert publish(ready, published, TODAY).missing == ()
    assert overview() == []


def test_what_lapses_after_the_launch_stops_no_edit_and_is_named(ready, published, capsys):
    publish(ready, published, TODAY)
    edit(ready)
    made = publish(ready, published, LATER)
    assert made.changed
    assert made.missing == ("Crisis lines tested within 30 days",)
    [(words, is_well)] = overview()
    assert "Crisis lines tested within 30 days" in words
    assert not is_well


def test_the_launch_is_remembered_for_as_long_as_there_are_sets(ready, published):
    publish(ready, published, TODAY)
    for _ in range(5):
        edit(ready)
        publish(ready, published, LATER)


def test_launching_anyway_needs_a_reason(content):
    with pytest.raises(CommandError, match="Say why"):
        call_command("publish", "--launch-anyway", " ")


def test_launching_anyway_is_recorded_and_shown_to_staff_from_then_on(content, published):
    call_command("publish", "--launch-anyway", "The hours follow.")
    edit(content)
    publish(content, published, TODAY)
    [(words, is_well)] = overview()
    assert "with something missing: The hours follow.\nMissing or out of date: Phone" in words
    assert not is_well
    (content / "clinic.yaml").write_text(READY)
    publish(content, published, TODAY)
    [(words, is_well)] = overview()
    assert words.endswith("The hours follow.")
    assert is_well


@pytest.fixture
def preview(content, published):
    call_command("publish", "--preview")
    return PageServer(None, published, token_field=lambda version: "token")


@pytest.mark.parametrize("path", ["/", "/page/", FORM, "/no-such-page/"])
def test_every_page_of_a_preview_says_so_and_stays_out_of_search_engines(preview, path):
    text = ask(preview, path).text
    assert "This is a preview." in text
    assert '<meta name="robots" content="noindex">' in text


def test_a_page_that_django_renders_says_so_too(preview, client):
    text = client.get(FORM, headers={}, **{"kapsite.pages": preview}).text
    assert "This is a preview." in text


def test_staff_see_that_the_site_is_a_preview(preview):
    assert overview() == [("not yet: the pages are a preview", False)]


def test_a_preview_is_no_launch(preview, content, published):
    with pytest.raises(NotReady):
        publish(content, published, TODAY)


def test_the_launch_ends_the_preview(preview, ready, published):
    publish(ready, published, TODAY)
    preview.refresh()
    text = ask(preview, "/page/").text
    assert "preview" not in text
    assert "noindex" not in text


def test_a_preview_in_between_does_not_undo_the_launch(ready, published):
    publish(ready, published, TODAY)
    publish(ready, published, TODAY, preview=True)
    (ready / "clinic.yaml").write_text(READY.replace("clinical_reviewer: Ada Byron, MD", ""))
    assert publish(ready, published, TODAY).missing == ("Clinical reviewer",)


def test_a_damaged_record_does_not_hide_the_overview(preview, published):
    (published / "current" / LAUNCH).write_text("[1")
    assert overview() == []
