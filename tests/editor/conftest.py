import pytest
from django.test import Client

from kapsite.editor import preview
from kapsite.editor.publishing import publish_waiting
from tests.factories import make_staff, sign_in
from tests.pages.samples import make_content, make_page


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
