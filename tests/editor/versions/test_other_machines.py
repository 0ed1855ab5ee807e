"""Two machines, each with a content folder, on one database."""

import shutil

import pytest
from django.utils import timezone

from kapsite.editor.models import ContentVersion, Kind, Publication
from kapsite.editor.publication.publishing import publish_waiting
from kapsite.editor.versions import history, other_machines
from tests.factories import make_staff


class Machine:
    def __init__(self, folder, settings):
        self.folder, self.settings = folder, settings

    def use(self):
        self.settings.CONTENT_DIR = self.folder / "content"
        self.settings.PUBLISHED_DIR = self.folder / "published"
        self.settings.VAR_DIR = self.folder / "var"

    def poll(self):
        self.use()
        history.catch_up()

    def read(self, file="index.md"):
        return (self.folder / "content" / file).read_text()

    def write(self, text, file="index.md"):
        (self.folder / "content" / file).write_text(text)


@pytest.fixture
def machines(tmp_path, settings, content, monkeypatch):
    """Two machines that know each other's content."""
    for module in (other_machines, "kapsite.editor.publication.publishing"):
        path = getattr(module, "__name__", module)
        monkeypatch.setattr(f"{path}.are_used", lambda: True)
    both = []
    for name in ("one", "two"):
        shutil.copytree(content, tmp_path / name / "content")
        (tmp_path / name / "var").mkdir()
        both.append(Machine(tmp_path / name, settings))
    for machine in both * 2:
        machine.poll()
    return both


def test_machines_know_what_they_have_before_anything_is_changed(machines):
    assert all((machine.folder / "var/content-version").exists() for machine in machines)


def test_what_was_changed_on_one_machine_reaches_the_folder_of_the_other(machines):
    one, two = machines
    one.use()
    one.write("New words.")
    (one.folder / "content/risks.md").unlink()
    history.record_folder()
    two.poll()
    assert two.read() == "New words."
    assert not (two.folder / "content/risks.md").exists()
    assert ContentVersion.objects.count() == 2


def test_what_was_changed_on_both_at_once_is_kept_and_in_the_history(machines):
    one, two = machines
    one.use()
    one.write("Of one.")
    history.record_folder()
    two.write("Of two.", "risks.md")
    for machine in (two, one, two):
        machine.poll()
    assert [each.read() for each in machines] == ["Of one."] * 2
    assert [each.read("risks.md") for each in machines] == ["Of two."] * 2
    assert ContentVersion.objects.current().kind == Kind.OUTSIDE


def test_a_request_on_a_machine_that_is_behind_takes_nothing_back(machines):
    one, two = machines
    one.use()
    one.write("New words.")
    newest = history.record_folder()
    two.use()
    assert history.up_to_date() == newest
    assert ContentVersion.objects.current() == newest


def test_a_new_machine_with_older_content_catches_up(machines, tmp_path, settings):
    one, _ = machines
    shutil.copytree(one.folder / "content", tmp_path / "new/content")
    (tmp_path / "new/var").mkdir()
    one.use()
    one.write("New words.")
    history.record_folder()
    new = Machine(tmp_path / "new", settings)
    new.poll()
    assert new.read() == "New words."
    assert ContentVersion.objects.current().text_of("index.md") == "New words."


def test_while_one_machine_publishes_another_waits(machines):
    machines[0].use()
    current = history.up_to_date()
    Publication.objects.ask(current, current.files, make_staff("publisher", "pat"), "Again")
    assert Publication.objects.take(Publication.objects.due(timezone.now()), timezone.now())
    assert not publish_waiting({})
    assert not Publication.objects.take(Publication.objects.due(timezone.now()), timezone.now())
