"""The text that people agree to cannot change under the version that is stored with requests."""

import shutil
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from kapsite.content_files.problems import ContentError
from kapsite.pages.publish.publisher import publish
from tests.pages.samples import CLINIC, make_content, make_page

# About files. The command records history, which tests/editor/versions is about on both.
pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

TODAY = date(2026, 11, 22)
CHANGED = 'The text of the consent changed, and its version is still "1".'


@pytest.fixture
def content(tmp_path):
    return make_content(tmp_path)


@pytest.fixture
def say(content, tmp_path):
    """Publish, with this version and text of the consent."""

    def say(version: str, text: str):
        old = 'consent: {version: "1", text: I agree.}'
        new = f'consent:\n  version: "{version}"\n  text: {text}'
        (content / "clinic.yaml").write_text(CLINIC.replace(old, new))
        publish(content, tmp_path / "published", TODAY)

    return say


def test_a_new_text_needs_a_new_version(say):
    say("1", "I agree.")
    with pytest.raises(ContentError) as refused:
        say("1", "I agree to calls.")
    [problem] = refused.value.problems
    assert (problem.file, problem.line, problem.message) == ("content/clinic.yaml", 6, CHANGED)
    assert "Write a new version" in problem.fix
    say("2", "I agree to calls.")


def test_another_line_end_is_no_new_text(say):
    say("1", "I agree to calls.")
    say("1", "I agree\n    to calls.")


def test_versions_of_earlier_sets_keep_their_text_too(say):
    for version in ("1", "2", "3", "4", "5"):
        say(version, f"I agree to {version}.")
    with pytest.raises(ContentError):
        say("1", "I agree to 5.")
    say("1", "I agree to 1.")


def test_a_damaged_set_forgets_no_version(say, tmp_path):
    say("1", "I agree.")
    say("2", "I agree to calls.")
    (tmp_path / "published" / "current" / "consents.json").write_text("{")
    with pytest.raises(ContentError):
        say("1", "I agree to all.")


def test_whoever_publishes_first_is_free_to_write_any(say, tmp_path):
    say("1", "I agree.")
    shutil.rmtree(tmp_path / "published")
    say("1", "I agree to calls.")


def test_the_check_names_it_before_it_is_published(say, content, tmp_path, settings, capsys):
    settings.CONTENT_DIR, settings.PUBLISHED_DIR = content, tmp_path / "published"
    say("1", "I agree.")
    text = (content / "clinic.yaml").read_text()
    (content / "clinic.yaml").write_text(text.replace("I agree.", "I agree to calls."))
    with pytest.raises(SystemExit):
        call_command("check_content", no_color=True)
    assert f"line 6: {CHANGED}" in capsys.readouterr().out
    with pytest.raises(CommandError, match="Nothing was published"):
        call_command("publish", no_color=True)


def test_pages_may_change_under_the_same_consent(say, content):
    say("1", "I agree.")
    (content / "page.md").write_text(make_page())
    say("1", "I agree.")
