"""manage.py, started by the wrong user."""

import os
import tempfile

import pytest

from kapsite.operations.command_line import run, wrong_user

NOBODY = 65534
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs two users: sudo make test")
PUBLISH = ["manage.py", "publish"]


@pytest.fixture
def var(settings, tmp_path, monkeypatch):
    for folder in (tmp_path, *tmp_path.parents):
        if folder.parent.is_relative_to(tempfile.gettempdir()):
            folder.chmod(0o755)  # so that nobody can look into it
    settings.VAR_DIR = tmp_path / "the var"
    file = str(settings.VAR_DIR / "db.sqlite3")
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", file)
    return settings.VAR_DIR


@pytest.fixture
def as_nobody():
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    yield
    os.seteuid(0)
    os.setegid(0)


def test_the_user_that_owns_the_folder_or_can_make_it_may_go_on(var):
    assert wrong_user(PUBLISH) == ""
    var.mkdir()
    assert wrong_user(PUBLISH) == ""


@needs_root
def test_the_name_of_a_postgresql_database_is_no_file(var, settings, monkeypatch, request):
    var.mkdir()
    os.chown(var, NOBODY, NOBODY)
    monkeypatch.chdir("/")
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", "etc")  # a folder of root here
    request.getfixturevalue("as_nobody")
    assert wrong_user(PUBLISH) == ""


def test_a_file_in_place_of_the_folder_is_named(var):
    var.touch()
    assert wrong_user(PUBLISH) == f"VAR_DIR: {var} is not a folder."


@needs_root
def test_root_is_told_how_to_run_the_command_as_the_user_of_the_site(var):
    var.mkdir()
    os.chown(var, NOBODY, NOBODY)
    said = wrong_user(PUBLISH)
    assert said.startswith(f"{var} belongs to nobody, and this is root. Run as root: runuser -u ")
    assert said.endswith(" manage.py publish")


@needs_root
def test_without_the_folder_the_command_that_makes_it_is_named(var, as_nobody):
    assert wrong_user(PUBLISH) == (
        f"nobody may not make the folder {var}. Run as root: install -d -m 711 -o nobody '{var}'"
    )


@needs_root
def test_what_root_made_first_is_handed_over_with_one_command(var, request):
    var.mkdir()
    request.getfixturevalue("as_nobody")
    assert wrong_user(PUBLISH) == (
        f"{var} belongs to root. If nobody is the user that runs the site, "
        f"run as root: chown -R nobody: '{var}'"
    )


@needs_root
def test_so_is_a_database_that_root_made(var, request):
    var.mkdir()
    os.chown(var, NOBODY, NOBODY)
    (var / "db.sqlite3").touch(0o600)
    request.getfixturevalue("as_nobody")
    assert wrong_user(PUBLISH).startswith(f"{var / 'db.sqlite3'} belongs to root. If nobody is")


def test_a_file_that_may_not_be_written_is_one_line(var, monkeypatch):
    def refuse(arguments):
        raise PermissionError(13, "Permission denied", str(var / "static/a.css"))

    monkeypatch.setattr("kapsite.operations.command_line.execute_from_command_line", refuse)
    with pytest.raises(
        SystemExit, match=r"may not use .*static/a\.css\. If .* chown -R"
    ) as stopped:
        run(["manage.py", "collectstatic"])
    assert "\n" not in str(stopped.value)
    with pytest.raises(PermissionError):
        run(["manage.py", "collectstatic", "--traceback"])


@pytest.mark.parametrize(
    ("error", "said"), [(EOFError, "given as an option"), (KeyboardInterrupt, "stopped")]
)
def test_nothing_typed_and_a_command_that_is_stopped_are_one_line(var, monkeypatch, error, said):
    def ask(arguments):
        raise error

    monkeypatch.setattr("kapsite.operations.command_line.execute_from_command_line", ask)
    with pytest.raises(SystemExit, match=said):
        run(["manage.py", "restore", "a.age"])
