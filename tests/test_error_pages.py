"""What is shown when something is missing that the error pages themselves would like to have."""

import pytest
from django.test import Client

from kapsite.clinic import facts
from kapsite.content_files.live_file import Watched

FORM = "/request-evaluation/"
HELP = ('href="tel:988"', 'href="sms:988"', 'href="tel:911"')


@pytest.fixture
def reader(db):
    """Sees what a browser would; the exception behind a 500 is not raised to the test."""
    return Client(raise_request_exception=False)


@pytest.fixture
def broken_clinic(settings, tmp_path, monkeypatch):
    """clinic.yaml was broken before the process began, so there are no facts to fall back on."""
    (tmp_path / "clinic.yaml").write_text("name: [")
    settings.CONTENT_DIR = settings.FACTS_DIR = tmp_path
    monkeypatch.setattr(facts, "clinic_file", Watched("clinic.yaml", facts.Clinic))


@pytest.fixture
def no_static_files(settings, tmp_path):
    """Nobody has run collectstatic, so no template can name a style sheet."""
    settings.STATIC_ROOT = tmp_path
    storage = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": storage}}


def assert_help(answer):
    assert [link for link in HELP if link not in answer.text] == []


@pytest.mark.parametrize(("path", "status"), [("/nope/", 404), (FORM, 500)])
def test_a_broken_clinic_file_leaves_error_pages_without_phone_but_with_help(
    reader, broken_clinic, path, status
):
    answer = reader.get(path)
    assert answer.status_code == status
    assert "<h1>" in answer.text
    assert "tel:+1" not in answer.text
    assert_help(answer)


@pytest.mark.parametrize(("path", "status"), [("/nope/", 404), (FORM, 500)])
def test_missing_static_files_leave_a_plain_page_with_phone_and_help(
    reader, no_static_files, path, status
):
    answer = reader.get(path)
    assert answer.status_code == status
    assert "stylesheet" not in answer.text
    assert f'href="tel:{facts.get_clinic().phone.number}"' in answer.text
    assert_help(answer)


def test_nothing_at_all_still_leaves_a_page_with_help(reader, broken_clinic, no_static_files):
    answer = reader.get("/nope/")
    assert answer.status_code == 404
    assert_help(answer)
