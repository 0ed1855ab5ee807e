import pytest
from django.test import Client

from kapsite.editor.models import ContentVersion, Publication
from kapsite.editor.publication.publishing import publish_waiting
from kapsite.editor.versions import history
from kapsite.editor.writing.drafts import begin_editing, save_draft
from kapsite.editor.writing.previews import preview
from tests.factories import make_staff, sign_in
from tests.pages.samples import make_content, make_page

NEW = make_page("Better words [@S1; @S2].", title="Home")


@pytest.fixture
def content(tmp_path, settings, monkeypatch, db):
    """A small content folder that is not published yet."""
    monkeypatch.setattr(preview, "latest", {})
    settings.CONTENT_DIR = make_content(tmp_path, risks=make_page(title="Risks"))
    settings.PUBLISHED_DIR = tmp_path / "published"
    settings.VAR_DIR = tmp_path / "var"
    return settings.CONTENT_DIR


@pytest.fixture
def browser(content):
    """Open the browser of somebody with ``role``, signed in with a second factor."""

    def browser(role="publisher", username="pat") -> Client:
        client = Client()
        sign_in(client, make_staff(role, username))
        return client

    return browser


@pytest.fixture
def publish():
    """What the worker does."""
    return lambda: publish_waiting({})


@pytest.fixture
def pat(browser) -> Client:
    return browser("publisher", "pat")


@pytest.fixture
def author(content):
    return make_staff("publisher", "ana")


@pytest.fixture
def write(author):
    """Save a draft of a file."""

    def write(file, text) -> ContentVersion:
        page = begin_editing(history.up_to_date(), file)
        save_draft(page, text, author, page.shown)
        return ContentVersion.objects.draft_of(file)

    return write


@pytest.fixture
def ask(write, author):
    """Write a draft of the home page and ask to publish it."""

    def ask(text=NEW, file="index.md"):
        draft, current = write(file, text), history.up_to_date()
        files = current.files | {file: draft.files[file]}
        return Publication.objects.ask(current, files, author, "Say it better", drafts=[draft])

    return ask


@pytest.fixture
def fill_disk(monkeypatch):
    """Let the disk be full from now on."""

    def full(*_):
        raise OSError(28, "No space left on device")

    return lambda: monkeypatch.setattr("os.fsync", full)
