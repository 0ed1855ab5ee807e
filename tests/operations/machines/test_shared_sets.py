"""Two machines on one database: what one publishes, the other serves."""

import shutil

import pytest
from django.core.management import call_command
from django.test import override_settings

from kapsite.operations.machines.models import KEPT, SharedFile, SharedSet
from kapsite.operations.machines.shared_sets import SharedSets
from kapsite.pages.publish.making.set_writer import go_back, put_in_use
from kapsite.pages.publish.making.variants import File
from kapsite.pages.publish.serving.published_set import current_folder, read_set
from tests.pages.samples import make_content, make_page

pytestmark = pytest.mark.django_db


class Machine:
    def __init__(self, folder):
        self.folder = folder
        self.start_worker()

    def start_worker(self):
        self.worker = SharedSets(self.folder)

    def publish(self, text):
        page = File("/", "text/html; charset=utf-8", text.encode())
        put_in_use(self.folder, text, [page], {"menu.json": b"{}"}, {})

    def undo(self):
        go_back(self.folder)

    @property
    def page(self):
        stored = read_set(current_folder(self.folder))
        assert not stored.damage
        return stored.pages["/"]["identity"].content.decode()


@pytest.fixture
def one(tmp_path):
    return Machine(tmp_path / "one")


@pytest.fixture
def two(tmp_path):
    return Machine(tmp_path / "two")


@pytest.fixture
def content(tmp_path, settings):
    settings.CONTENT_DIR = make_content(tmp_path, risks=make_page(title="Risks"))
    settings.PUBLISHED_DIR = tmp_path / "published"


def poll(*machines):
    for machine in machines:
        machine.worker.sync()


def test_what_one_machine_publishes_the_other_serves(one, two):
    one.publish("first")
    poll(one, two)
    assert two.page == "first"
    two.publish("second")
    poll(two, one)
    assert one.page == "second"


def test_a_machine_that_was_off_serves_the_newest_and_can_go_back(one, two):
    one.publish("first")
    poll(one)
    one.publish("second")
    poll(one, two)
    assert two.page == "second"
    two.undo()
    poll(two, one)
    assert (one.page, two.page) == ("first", "first")


def test_a_new_machine_that_publishes_old_pages_does_not_replace_the_shared_ones(one, two):
    one.publish("now")
    poll(one)
    two.publish("from the archive")
    poll(two, one)
    assert (one.page, two.page) == ("now", "now")


def test_what_was_published_while_the_database_was_down_is_shared_later(one, two):
    one.publish("first")
    poll(one, two)
    two.publish("while it was down")
    two.start_worker()
    poll(one, two, one)
    assert one.page == "while it was down"


def test_of_two_changes_at_once_both_machines_serve_the_same(one, two):
    one.publish("first")
    poll(one, two)
    one.publish("of one")
    two.publish("of two")
    poll(one, two, one)
    assert one.page == two.page


@pytest.mark.parametrize("damage", ["cut", "removed", "no link", "gone"])
def test_a_damaged_folder_is_repaired_from_the_database(one, damage):
    one.publish("whole")
    poll(one)
    page = one.folder / "sets/whole/index.html"
    {
        "cut": lambda: page.write_text("w"),
        "removed": page.unlink,
        "no link": (one.folder / "current").unlink,
        "gone": lambda: shutil.rmtree(one.folder),
    }[damage]()
    poll(one)
    assert one.page == "whole"


def test_nothing_is_written_while_nothing_changes(one, two):
    one.publish("first")
    poll(one, two)
    before = (two.folder / "current").lstat().st_ino
    poll(one, two)
    assert (two.folder / "current").lstat().st_ino == before
    assert SharedSet.objects.count() == 1


def test_files_that_no_kept_set_has_are_removed(one):
    for number in range(9):
        one.publish(f"set {number}")
        poll(one)
    files = {sha256 for each in SharedSet.objects.all() for sha256 in each.files.values()}
    assert SharedSet.objects.count() == 5
    assert set(SharedFile.objects.values_list("pk", flat=True)) == files


def test_a_file_that_was_changed_in_the_database_reaches_no_page(one, two):
    one.publish("first")
    poll(one, two)
    one.publish("true")
    poll(one)
    page = SharedSet.objects.in_use().files["index.html"]
    SharedFile.objects.filter(pk=page).update(content=b"forged")
    poll(two)
    assert two.page == "first"


def test_whoever_writes_to_the_database_without_the_secret_key_changes_no_page(one, two):
    one.publish("first")
    poll(one, two)
    with override_settings(SECRET_KEY="that of somebody else"):
        one.publish("forged")
        poll(one)
    poll(two)
    assert two.page == "first"


@pytest.mark.parametrize("files", [{}, [], {"index.html": ["a"]}])
def test_forged_rows_neither_stop_sharing_nor_push_real_sets_out(one, two, files, caplog):
    one.publish("first")
    poll(one, two)
    rows = [SharedSet(name=f"../{i}", files=files, signature="f" * 64) for i in range(20)]
    SharedSet.objects.bulk_create(rows)
    poll(two, two)
    one.publish("second")
    poll(one, two)
    assert two.page == "second"
    assert SharedSet.objects.count() == 2 + KEPT
    assert "SECRET_KEY" in caplog.text


def test_a_forged_row_does_not_bring_an_earlier_set_back(one, two):
    one.publish("first")
    poll(one, two)
    one.publish("second")
    poll(one, two)
    SharedSet.objects.create(name="first", files={}, signature="f" * 64)
    poll(two, one)
    assert (one.page, two.page) == ("second", "second")


def test_a_set_of_another_version_of_the_site_is_left_alone(one, two, monkeypatch):
    one.publish("first")
    poll(one, two)
    with monkeypatch.context() as newer:
        newer.setattr("kapsite.pages.publish.serving.manifest.FORMAT", 99)
        one.publish("newer")
        poll(one)
    poll(two)
    assert two.page == "first"


@pytest.mark.postgresql
def test_publish_shares_its_set_at_once(content, settings, capsys):
    call_command("publish")
    assert SharedSet.objects.get().name == current_folder(settings.PUBLISHED_DIR).name
    assert "other machines" not in capsys.readouterr().out


@pytest.mark.sqlite
def test_a_machine_on_sqlite_is_alone_and_stores_no_set(content):
    call_command("publish")
    assert not SharedSet.objects.exists()
