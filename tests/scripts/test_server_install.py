"""`scripts/bootstrap.py install` and `upgrade`, with every place moved into a folder of the test.

What only a whole machine can show (packages, systemd, nginx) is stood in for: each command that
would be run is remembered.
"""

import importlib
import os
import shutil
import subprocess
import sys
from argparse import Namespace
from contextlib import nullcontext
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ADDRESS = "https://kap.example.org"
PLACES = {
    "SETTINGS": "etc/kapsite",
    "ENV_FILE": "etc/kapsite/env",
    "TLS": "etc/kapsite/tls",
    "DATA": "var/lib/kapsite",
    "UNITS": "etc/systemd/system",
    "COMMAND": "usr/local/sbin/kapsite",
    "NGINX": "etc/nginx",
    "CADDYFILE": "etc/caddy/Caddyfile",
    "CODE": "srv/kapsite",
}
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root hands files over")


@pytest.fixture
def script(monkeypatch, tmp_path):
    """The script, for a machine in ``tmp_path`` whose code is a copy of ours."""
    monkeypatch.syspath_prepend(ROOT / "scripts")
    module = importlib.import_module("server_install")
    for name, place in PLACES.items():
        monkeypatch.setattr(module, name, tmp_path / place)
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
    for folder in ("etc/systemd/system", "etc/nginx/sites-available", "etc/nginx/sites-enabled"):
        (tmp_path / folder).mkdir(parents=True)
    for folder in ("deploy", "content"):
        shutil.copytree(ROOT / folder, module.CODE / folder)
    monkeypatch.setattr(module, "ROOT", module.CODE)
    monkeypatch.setattr(module, "USER", "daemon")  # a user with a group of that name
    monkeypatch.setattr(module, "RUNS_SYSTEMD", False)
    monkeypatch.setattr(module, "require_what_debian_lacks", lambda proxy: None)
    monkeypatch.setattr(module.packages, "what_it_was_made_from", dict)
    yield module
    for name in ("server_install", "server_upgrade", "packages"):  # another test has another copy
        sys.modules.pop(name, None)


@pytest.fixture
def ran(script, monkeypatch):
    """The commands that were run; each succeeds."""
    commands = []

    def remember(*words, **options):
        words = words[0] if isinstance(words[0], list) else words
        commands.append(" ".join(str(word).rpartition("/")[2] or str(word) for word in words))
        return 0

    monkeypatch.setattr(script.packages, "run", remember)
    monkeypatch.setattr(script.packages, "prepare_packages", lambda files: None)
    monkeypatch.setattr(script.subprocess, "call", remember)
    return commands


def install(script, address=ADDRESS, dry_run=False, proxy="nginx"):
    """All of it; a real one ends with the exit status of `kapsite doctor`."""
    with nullcontext() if dry_run else pytest.raises(SystemExit):
        script.Installation(Namespace(address=address, dry_run=dry_run, proxy=proxy)).run()


def everything(folder) -> dict:
    return {
        str(place): (place.lstat().st_mtime_ns, place.lstat().st_mode)
        for place in folder.rglob("*")
    }


def test_a_dry_run_names_the_steps_and_changes_nothing(script, ran, tmp_path, capsys):
    before = everything(tmp_path)
    install(script, dry_run=True)
    assert everything(tmp_path) == before
    assert ran == []
    said = capsys.readouterr().out
    for step in ("settings and fresh secrets", "a copy of the pages", "packages", "nginx takes"):
        assert f"would  {step}" in said
    assert "done" not in said


@needs_root
def test_a_bare_machine_is_set_up_and_asked_for_its_health(script, ran):
    install(script)
    settings = script.ENV_FILE.read_text()
    assert f"SITE_URL={ADDRESS}\n" in settings
    assert f"CONTENT_DIR={script.DATA}/content\n" in settings
    assert script.ownership(script.ENV_FILE) == (0o640, "root", "daemon")
    assert script.ownership(script.DATA) == (0o711, "daemon", "daemon")
    assert (script.DATA / "content/clinic.yaml").owner() == "daemon"
    assert {file.name for file in script.UNITS.iterdir()} >= set(script.STARTED)
    site = (script.NGINX / "sites-enabled/kapsite").read_text()
    assert "server_name kap.example.org;" in site
    published = ran.index("kapsite publish")
    assert ran[published - 2 : published] == [
        "kapsite migrate --verbosity=0",
        "kapsite collectstatic --noinput --verbosity=0",
    ]
    assert ran[-1] == "kapsite doctor"


@needs_root
def test_a_second_time_nothing_is_changed(script, ran, tmp_path, capsys, monkeypatch):
    install(script)
    monkeypatch.setattr(script.packages, "not_installed", lambda *_: [])
    (script.TLS / "fullchain.pem").touch()  # as openssl would have left it
    install(script, address=None)  # the settings and the packages are known from here on
    before = everything(tmp_path)
    capsys.readouterr()
    ran.clear()
    install(script, address=None)
    assert everything(tmp_path) == before
    assert ran == ["kapsite doctor"]
    assert "done" not in capsys.readouterr().out


@needs_root
def test_new_code_says_what_it_meets_before_it_migrates(script, ran):
    install(script)
    (script.DATA / "published/current").mkdir(parents=True)
    (script.SETTINGS / "running").unlink()  # as when the code changed
    ran.clear()
    install(script, address=None)
    assert ran.index("kapsite upgrade_check") < ran.index("kapsite migrate --verbosity=0")


@needs_root
def test_what_the_operator_changed_stays(script, ran):
    install(script)
    site = script.NGINX / "sites-available/kapsite"
    for file in (script.ENV_FILE, site, script.DATA / "content/clinic.yaml"):
        file.write_text(f"{file.read_text()}\n# changed\n")
    install(script, address=None)
    for file in (script.ENV_FILE, site, script.DATA / "content/clinic.yaml"):
        assert file.read_text().endswith("# changed\n")


def test_no_new_keys_are_made_beside_a_database_that_needs_the_old_ones(script):
    script.DATA.mkdir()
    (script.DATA / "db.sqlite3").touch()
    made = script.Installation(Namespace(address=ADDRESS, dry_run=False))
    with pytest.raises(SystemExit, match="move the database away"):
        made.secrets()
    assert not script.ENV_FILE.exists()


@pytest.mark.parametrize("address", [None, "kap.example.org", "http://kap.example.org", "https://"])
def test_an_address_that_is_none_is_refused_with_an_example(script, address):
    with pytest.raises(SystemExit, match=r"like: install https://kap\.example\.org"):
        script.known_address(address)


def test_another_address_than_the_one_in_the_settings_is_refused(script):
    script.SETTINGS.mkdir(exist_ok=True)
    script.ENV_FILE.write_text(f"SITE_URL={ADDRESS}\n")
    assert script.known_address(None) == script.known_address(f"{ADDRESS}/") == ADDRESS
    with pytest.raises(SystemExit, match="Change it there"):
        script.known_address("https://other.example.org")


def test_programs_that_a_bare_debian_lacks_are_named_in_one_line(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "scripts")
    module = importlib.import_module("server_install")
    monkeypatch.setattr(
        module.shutil, "which", lambda name, path: name not in ("git", "nginx") or None
    )
    with pytest.raises(SystemExit, match=r"Run: apt-get install git nginx-light$"):
        module.require_what_debian_lacks("nginx")


@needs_root
def test_code_that_others_could_change_is_closed_and_secrets_stay_private(script):
    loose, program = script.CODE / "content/clinic.yaml", script.CODE / "deploy/kapsite"
    secret = script.CODE / ".env"
    secret.touch(0o600)
    loose.chmod(0o660)
    program.chmod(0o700)
    os.chown(program, 1, 1)
    assert set(script.loose()) >= {loose, program}
    script.tighten()
    assert script.loose() == []
    modes = [place.stat().st_mode & 0o777 for place in (loose, program, secret)]
    assert modes == [0o644, 0o755, 0o600]
    assert program.owner() == "root"


# Upgrade


@needs_root
@pytest.mark.parametrize("where", ["", "benefits"])
def test_root_hands_over_nothing_behind_a_link_of_the_site(script, monkeypatch, tmp_path, where):
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    secrets.chmod(0o750)
    (secrets / "key").touch(0o600)
    walk = os.fwalk

    def walk_later(top, **options):
        (top / where).rename(tmp_path / "moved")
        (top / where).symlink_to(secrets)
        return walk(top, **options)

    monkeypatch.setattr(os, "fwalk", walk_later)
    script.DATA.mkdir()
    script.copy_content()
    assert [place.stat().st_uid for place in (secrets, secrets / "key")] == [0, 0]
    assert secrets.stat().st_mode & 0o777 == 0o750


def git(*words, at):
    names = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    command = ["git", *names, "-C", at, *words]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def installed(script, tmp_path, monkeypatch):
    """A machine on which the site is installed, one change behind its origin."""
    origin = tmp_path / "origin"
    shutil.copytree(script.CODE, origin)
    git("init", "-q", "-b", "main", at=origin)
    git("add", "-A", at=origin)
    git("commit", "-qm", "First", at=origin)
    shutil.rmtree(script.CODE)
    git("clone", "-q", origin, script.CODE, at=tmp_path)
    (origin / "content/clinic.yaml").write_text("name: New\n")
    git("commit", "-qam", "Name the clinic", at=origin)
    script.SETTINGS.mkdir(exist_ok=True)
    script.ENV_FILE.write_text(f"SITE_URL={ADDRESS}\n")
    monkeypatch.setattr(script.packages, "log_file", tmp_path / "log")
    started = []
    monkeypatch.setattr(script.os, "execv", lambda program, words: started.append(words))
    script.started = started
    return script


def upgrade(script, dry_run=False, without_backup=False):
    options = Namespace(dry_run=dry_run, without_backup=without_backup)
    importlib.import_module("server_upgrade").upgrade(options)


@pytest.fixture
def backups(monkeypatch, installed):
    """How often a backup was made, and what each returns."""
    made = Namespace(count=0, status=0)

    def call(words):
        assert words == [installed.COMMAND, "backup"]
        made.count += 1
        return made.status

    monkeypatch.setattr(installed.subprocess, "call", call)
    return made


def test_an_upgrade_backs_up_takes_the_code_and_lets_the_new_script_go_on(
    installed, backups, capsys
):
    before = git("rev-parse", "--short=9", "HEAD", at=installed.CODE)
    upgrade(installed)
    assert (installed.CODE / "content/clinic.yaml").read_text() == "name: New\n"
    assert backups.count == 1
    assert [words[2:4] for words in installed.started] == [
        [installed.CODE / "scripts/bootstrap.py", "install"]
    ]
    said = capsys.readouterr().out
    assert "Name the clinic" in said
    assert f"checkout {before} &&" in said
    assert "stay as they are" in said  # the editors' own pages


def test_a_dry_run_of_an_upgrade_lists_what_is_new_and_changes_nothing(installed, backups, capsys):
    upgrade(installed, dry_run=True)
    assert "Name the clinic" in capsys.readouterr().out
    assert (installed.CODE / "content/clinic.yaml").read_text() != "name: New\n"
    assert (backups.count, installed.started) == (0, [])


def edit_the_code(script):
    (script.CODE / "content/clinic.yaml").write_text("name: Mine\n")


def commit_here(script):
    edit_the_code(script)
    git("commit", "-qam", "Mine", at=script.CODE)


def leave_the_branch(script):
    git("checkout", "-q", "--detach", at=script.CODE)


def lose_the_settings(script):
    script.ENV_FILE.unlink()


@pytest.mark.parametrize(
    ("mistake", "words"),
    [
        (edit_the_code, "were changed by hand"),
        (commit_here, "has commits that origin/main lacks"),
        (leave_the_branch, "git switch main"),
        (lose_the_settings, "nothing is installed here yet"),
    ],
)
def test_an_upgrade_that_would_lose_something_is_refused_with_what_to_do(
    installed, backups, mistake, words
):
    mistake(installed)
    with pytest.raises(SystemExit, match=words):
        upgrade(installed)
    assert (backups.count, installed.started) == (0, [])


def test_without_a_backup_nothing_is_changed_unless_that_is_wanted(installed, backups):
    backups.status = 1
    before = git("rev-parse", "HEAD", at=installed.CODE)
    with pytest.raises(SystemExit, match="--without-backup"):
        upgrade(installed)
    assert git("rev-parse", "HEAD", at=installed.CODE) == before
    upgrade(installed, without_backup=True)
    assert git("rev-parse", "HEAD", at=installed.CODE) != before
