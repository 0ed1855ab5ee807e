"""A broken word list is found before it matters: by check_content and by Django's checks."""

import importlib
import shutil
from datetime import date

import pytest
from django.conf import settings as project
from django.core.checks.registry import registry
from django.core.management import call_command

from kapsite.inquiries.checks import check_word_lists
from kapsite.inquiries.triage.danger import danger_words, find_danger
from kapsite.inquiries.triage.spam_words import spam_words
from kapsite.inquiries.triage.triage import read_word_lists
from kapsite.text.fuzzy_phrases import compiled
from tests.pages.samples import make_content

LISTS = ("danger_words.yaml", "spam_words.yaml", "desk/scripts.yaml")


@pytest.fixture
def content(settings, tmp_path):
    shutil.copytree(project.CONTENT_DIR, tmp_path / "content")
    settings.CONTENT_DIR = settings.FACTS_DIR = tmp_path / "content"
    return settings.CONTENT_DIR


def found():
    """By this check alone: Django's other checks of the content read all pages."""
    return [error.msg for error in check_word_lists(None)]


def test_the_lists_of_the_site_can_be_read():
    assert check_word_lists in registry.get_checks(include_deployment_checks=True)
    assert found() == []


@pytest.mark.parametrize("name", LISTS)
def test_a_broken_list_is_a_problem_with_its_line(content, name):
    (content / name).write_text("kinds: nothing")
    assert [message for message in found() if message.startswith(f"content/{name}:1: ")]


@pytest.mark.parametrize("name", LISTS)
def test_a_list_that_is_gone_is_a_problem(content, name):
    (content / name).unlink()
    [message] = found()
    assert message.startswith(f"content/{name}:1: The file can't be read")


@pytest.mark.parametrize("name", LISTS)
def test_check_content_shows_a_broken_list_to_the_editor(settings, tmp_path, name, capsys):
    settings.CONTENT_DIR = make_content(tmp_path)
    (settings.CONTENT_DIR / name).parent.mkdir(exist_ok=True)
    (settings.CONTENT_DIR / name).write_text(f"danger:\n  - {date.today()}\n")
    with pytest.raises(SystemExit):
        call_command("check_content")
    assert f"content/{name}" in capsys.readouterr().out


def test_a_worker_has_read_the_lists_before_its_first_request(application, monkeypatch):
    from kapsite import wsgi  # reads the static files, so only now

    monkeypatch.setattr(danger_words, "value", None)
    monkeypatch.setattr(spam_words, "value", None)
    importlib.reload(wsgi)
    assert danger_words.value
    assert spam_words.value


def test_the_first_request_waits_for_no_phrase_to_be_compiled():
    read_word_lists()
    before = compiled.cache_info().misses
    find_danger("I want to die. I am going to kill myself tonight.", danger_words.in_use())
    spam_words.in_use().kinds_of_talk("We offer SEO services for your website.")
    assert compiled.cache_info().misses == before


def test_a_server_starts_with_a_broken_list_and_says_so(content, monkeypatch, caplog):
    monkeypatch.setattr(danger_words, "value", None)
    monkeypatch.setattr(danger_words, "stamp", None)
    (content / "danger_words.yaml").write_text("danger: [")
    read_word_lists()
    assert "content/danger_words.yaml:1: " in caplog.text
