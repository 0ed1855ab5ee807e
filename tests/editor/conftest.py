import pytest
from django.test import Client

from kapsite.editor.models import ContentVersion, Publication
from kapsite.editor.publication.publishing import publish_waiting
from kapsite.editor.versions import history
from kapsite.editor.writing.drafts import editing, save_draft
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
def pat(content):
    return make_staff("publisher", "pat")


@pytest.fixture
def ask(pat):
    """Write a draft of the home page and ask to publish it."""

    def ask(text=NEW, file="index.md"):
        page = editing(history.up_to_date(), file)
        save_draft(page, text, pat, page.shown)
        draft = ContentVersion.objects.draft_of(file)
        files = page.current.files | {file: draft.files[file]}
        return Publication.objects.ask(page.current, files, pat, "Say it better", drafts=[draft])

    return ask
