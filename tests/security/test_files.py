"""Which other users of the machine can read what the site writes."""

import os
import resource
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings as configured

from kapsite.pages.publish.publisher import publish
from kapsite.security.checks import check_privacy
from kapsite.security.files import keep_private
from tests.pages.samples import TODAY, make_content, make_page
from tests.server import running, set_up

PUBLIC = ("published", "static")


def mode(place: Path) -> int:
    return place.stat().st_mode & 0o777


@pytest.fixture
def var(settings, monkeypatch, tmp_path):
    """A folder of the site that everybody may read, with what a year leaves there."""
    settings.VAR_DIR = folder = tmp_path / "var"
    settings.PUBLISHED_DIR, settings.STATIC_ROOT = folder / "published", folder / "static"
    database = configured.DATABASES["default"]
    monkeypatch.setitem(database, "ENGINE", "kapsite.database.sqlite")
    monkeypatch.setitem(database, "NAME", str(tmp_path / "elsewhere.sqlite3"))
    for name in ("backups", *PUBLIC):
        (folder / name).mkdir(parents=True)
        (folder / name / "file").touch()
    for name in ("db.sqlite3", "db.sqlite3-wal", "setup.log", "setup.lock"):
        (folder / name).touch()
    for name in ("elsewhere.sqlite3", "elsewhere.sqlite3-wal", "elsewhere.sqlite3-shm"):
        (tmp_path / name).touch()
    for place in [*tmp_path.rglob("*")]:
        place.chmod(0o777 if place.is_dir() else 0o666)
    return folder


def test_what_others_could_read_is_made_private_when_a_process_starts(var):
    keep_private()
    assert {place.name: mode(place) for place in var.iterdir() if place.name not in PUBLIC} == {
        "backups": 0o700,
        "db.sqlite3": 0o600,
        "db.sqlite3-wal": 0o600,
        "setup.lock": 0o600,
        "setup.log": 0o600,
    }


def test_a_database_outside_the_folder_is_made_private_too(var):
    keep_private()
    assert {mode(place) for place in var.parent.glob("elsewhere*")} == {0o600}


def test_others_can_pass_through_to_the_public_files_and_not_look_around(var):
    keep_private()
    assert mode(var) == 0o711
    assert [mode(var / name) for name in PUBLIC] == [0o777, 0o777]  # publishing sets these


def test_what_is_stricter_already_stays_so(var):
    var.chmod(0o700)
    (var / "db.sqlite3").chmod(0o400)
    keep_private()
    assert (mode(var), mode(var / "db.sqlite3")) == (0o700, 0o400)


def test_a_socket_that_a_web_server_connects_to_is_left_alone(var, monkeypatch):
    monkeypatch.chdir(var)  # the full path may be too long for a socket
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("gunicorn.sock")
        (var / "gunicorn.sock").chmod(0o777)
        keep_private()
    assert mode(var / "gunicorn.sock") == 0o777


@pytest.mark.parametrize(("group", "left"), [(0, 0o600), (1, 0o640)])
def test_a_group_of_its_own_may_read_the_file_with_the_secrets(
    var, settings, tmp_path, monkeypatch, group, left
):
    """As when root owns it and the site's group reads it; nobody else ever may."""
    settings.ENV_FILE = tmp_path / "env"
    settings.ENV_FILE.touch()
    settings.ENV_FILE.chmod(0o644)
    monkeypatch.setattr(os, "getegid", lambda: settings.ENV_FILE.stat().st_gid + group)
    keep_private()
    assert mode(settings.ENV_FILE) == left


def test_no_device_is_taken_for_a_file(var, settings):
    before = mode(Path(os.devnull))
    settings.ENV_FILE = Path(os.devnull)
    keep_private()
    assert mode(Path(os.devnull)) == before


def test_what_could_not_be_changed_is_a_warning_that_says_what_to_type(var, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)  # all belongs to somebody else
    keep_private()
    hints = {warning.hint for warning in check_privacy(None)}
    assert f"Type, as its owner or as root: chmod 600 '{var / 'db.sqlite3'}'" in hints
    assert f"Type, as its owner or as root: chmod 711 '{var}'" in hints


def test_nothing_is_left_to_warn_of_where_all_is_ours(var):
    keep_private()
    assert check_privacy(None) == []


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The folder of a site that was set up and served with a umask that hides nothing."""
    folder = tmp_path_factory.mktemp("site") / "var"
    environment = {
        "PATH": os.environ["PATH"],
        "ENV_FILE": os.devnull,
        "VAR_DIR": str(folder),
        "SITE_URL": "http://localhost:8000",
        "SECRET_KEY": configured.SECRET_KEY,
        "FIELD_KEYS": ",".join(configured.FIELD_KEYS),
    }
    old = os.umask(0)
    try:
        set_up(environment)
        with running(environment) as server:
            server.get("/healthz")
            (folder / "db.sqlite3-wal").stat()  # the server has it open
            modes = {place.relative_to(folder): mode(place) for place in folder.rglob("*")}
    finally:
        os.umask(old)
    return environment, folder, modes


def test_with_any_umask_a_new_site_keeps_its_database_to_itself(made):
    _environment, folder, modes = made
    assert mode(folder) == 0o711
    private = {place.name: each for place, each in modes.items() if place.parts[0] not in PUBLIC}
    files = ["db.sqlite3", "db.sqlite3-wal", "db.sqlite3-shm", "content.lock", "in-use.lock"]
    assert private == dict.fromkeys(files, 0o600)


def test_with_any_umask_every_published_and_static_file_can_be_read_by_a_web_server(made):
    _environment, folder, modes = made
    public = {place: each for place, each in modes.items() if place.parts[0] in PUBLIC}
    assert {".br", ".gz", ".html", ".css"} <= {place.suffix for place in public}
    lock = Path("published/.lock")
    assert public.pop(lock) == 0o600
    wrong = {
        str(place): oct(each)
        for place, each in public.items()
        if each not in ((0o755, 0o777) if (folder / place).is_dir() else (0o644, 0o777))
    }
    assert wrong == {}


@pytest.mark.django_db
def test_publishing_again_opens_pages_that_were_published_for_one_user_only(tmp_path):
    content = make_content(tmp_path, risks=make_page(title="Risks"))
    publish(content, tmp_path / "published", TODAY)
    page = tmp_path / "published/current/risks/index.html"
    page.chmod(0o600)
    page.parent.chmod(0o700)
    publish(content, tmp_path / "published", TODAY)
    assert (mode(page), mode(page.parent)) == (0o644, 0o755)


def test_a_crash_leaves_no_picture_of_the_memory():
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    code = (
        f"import resource; resource.setrlimit(resource.RLIMIT_CORE, ({hard}, {hard}))\n"
        "import django; django.setup(); print(resource.getrlimit(resource.RLIMIT_CORE)[0])"
    )
    command = [sys.executable, "-c", code]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "0\n"
