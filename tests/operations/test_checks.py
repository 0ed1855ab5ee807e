"""What `manage.py check --deploy` finds on a server, and that it is quiet when all is well."""

import contextlib
import os
import re
import secrets
import shutil
import sqlite3
import subprocess
import sys

import pytest

from kapsite.operations.monitoring.installation import static_files
from kapsite.operations.monitoring.results import Unhealthy
from kapsite.security.checks import check_privacy
from kapsite.security.files import keep_private
from tests.server import ROOT, set_up

pytestmark = pytest.mark.sqlite
HOURS = "inquiries.W002"  # the content comes without opening hours


@pytest.fixture(scope="module")
def deployed(tmp_path_factory):
    """The environment of a site that was set up as docs/operating.md says."""
    folder = tmp_path_factory.mktemp("deployed")
    env_file = folder / ".env"
    env_file.write_text(f"SECRET_KEY={secrets.token_urlsafe(50)}\n")
    env_file.chmod(0o600)
    environment = {
        "PATH": os.environ["PATH"],
        "ENV_FILE": str(env_file),
        "VAR_DIR": str(folder / "var"),
        "SITE_URL": "https://kap.example.org",
        "FIELD_KEYS": secrets.token_urlsafe(32),
        "TRUSTED_PROXIES": "127.0.0.1",
        "EMAIL_URL": "smtp+tls://user:password@mail.example.org:587",
        "NOTIFY_EMAILS": "desk@example.org",
    }
    set_up(environment)
    return environment


def found(environment, tag="", **changes) -> str:
    """What the check says; "" when nothing is wrong. With a tag the content is not read."""
    words = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    words += ["--tag", tag] if tag else []
    env = {name: value for name, value in (environment | changes).items() if value is not None}
    done = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True)
    assert "Traceback" not in done.stderr
    ids = re.findall(r"\((\w+\.[EW]\d+)\)", done.stderr)
    return "" if ids == [HOURS] else done.stderr


@pytest.fixture
def copy(deployed, tmp_path):
    """The same site in another folder, to break it."""
    var = shutil.copytree(deployed["VAR_DIR"], tmp_path / "var", symlinks=True)
    return deployed | {"VAR_DIR": str(var)}


@pytest.fixture(scope="module")
def at_first(deployed):
    """What is found on the whole site. It also notes the key in use, as a running site does."""
    return found(deployed)


def test_a_site_that_is_set_up_as_the_docs_say_has_no_problem(at_first):
    assert at_first == ""


def test_wrong_keys_are_found_and_not_noted_as_keys_in_use(deployed, at_first):
    said = found(deployed, "operations", FIELD_KEYS=secrets.token_urlsafe(32))
    assert "FIELD_KEYS lacks a key that encrypted rows" in said
    with contextlib.closing(sqlite3.connect(f"{deployed['VAR_DIR']}/db.sqlite3")) as database:
        assert database.execute("SELECT count(*) FROM inquiries_keyinuse").fetchone() == (1,)


def test_an_empty_database_is_found(copy):
    url = f"sqlite:///{copy['VAR_DIR']}/new"
    assert "Run manage.py migrate." in found(copy, "operations", DATABASE_URL=url)


def test_each_of_several_problems_is_found(copy):
    """A table that is gone, what was never collected or published, a proxy not believed."""
    with contextlib.closing(sqlite3.connect(f"{copy['VAR_DIR']}/db.sqlite3")) as database:
        database.execute("DROP TABLE alerts_alert")
    for name in ("static", "published"):
        shutil.rmtree(f"{copy['VAR_DIR']}/{name}")
    said = found(copy, "operations", TRUSTED_PROXIES=None)
    assert "the database lacks alerts_alert" in said
    assert "was not collected since it changed" in said
    assert "Run manage.py publish." in said
    assert "TRUSTED_PROXIES=127.0.0.1" in said


def test_static_files_that_changed_since_are_found(copy, settings):
    settings.STATIC_ROOT = f"{copy['VAR_DIR']}/static"
    assert static_files() == "collected as they are now"
    os.utime(f"{settings.STATIC_ROOT}/staticfiles.json", (0, 0))
    with pytest.raises(Unhealthy, match="was not collected since it changed") as found:
        static_files()
    assert found.value.fix == "Run manage.py collectstatic --noinput, then manage.py publish."


@pytest.mark.skipif(os.geteuid() != 0, reason="needs a second user: sudo make test")
def test_an_env_file_that_others_can_read_is_found(settings, tmp_path):
    """One that belongs to another user: the site's own is corrected at once."""
    settings.ENV_FILE = file = tmp_path / ".env"
    file.touch()
    os.chown(file, 65534, 65534)
    file.chmod(0o644)
    keep_private()
    assert f"chmod 640 '{file}'" in "".join(warning.hint for warning in check_privacy(None))
