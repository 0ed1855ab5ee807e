"""Those who work at a terminal share lock, history and log with those in the browser."""

import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from kapsite.editor.models import ContentVersion, Kind
from kapsite.editor.versions import history, terminal
from kapsite.pages.publish.serving.published_set import current_folder
from tests.pages.samples import make_page


def test_what_is_in_the_folder_is_recorded_before_it_is_published(content, monkeypatch, settings):
    history.up_to_date()
    monkeypatch.setattr("getpass.getuser", lambda: "ana")
    (content / "risks.md").write_text(make_page("Other words [@S1; @S2].", title="Risks"))
    call_command("publish")
    current = ContentVersion.objects.current()
    assert (current.kind, current.by, list(current.changes)) == (
        Kind.OUTSIDE, "ana", ["risks.md"],
    )  # fmt: skip
    assert (
        "Other words" in (current_folder(settings.PUBLISHED_DIR) / "risks/index.html").read_text()
    )


def test_while_someone_else_publishes_a_command_waits_and_then_says_so(content, monkeypatch):
    monkeypatch.setattr(terminal, "PATIENCE", 0)
    with history.content_lock(), pytest.raises(CommandError, match="Nothing was changed"):
        call_command("publish")


def test_a_command_goes_on_once_the_other_is_done(content):
    is_held, may_end = threading.Event(), threading.Event()

    def other():
        with history.content_lock():
            is_held.set()
            may_end.wait()

    worker = threading.Thread(target=other)
    worker.start()
    is_held.wait()
    threading.Timer(0.2, may_end.set).start()
    call_command("publish")
    worker.join()
    assert ContentVersion.objects.current() is not None


def test_publishing_works_while_the_database_does_not(content, monkeypatch, capsys, settings):
    def down(*_, **__):
        raise OperationalError("unable to open database file")

    monkeypatch.setattr(history, "record_folder", down)
    monkeypatch.setattr(terminal, "log_action", down)
    call_command("publish")
    assert "history doesn't show" in capsys.readouterr().err
    assert (current_folder(settings.PUBLISHED_DIR) / "index.html").exists()
