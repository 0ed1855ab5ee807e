import inspect
import sqlite3
from contextlib import closing, contextmanager

import pytest
from django.core.management import call_command
from django.db.backends.base.base import BaseDatabaseWrapper

from kapsite.operations.backup import age


@pytest.fixture(autouse=True)
def _other_databases(transactional_db, monkeypatch):
    """Let the code open databases that are not in the settings, which Django's tests refuse."""
    patched = inspect.getclosurevars(BaseDatabaseWrapper.ensure_connection)
    real = patched.nonlocals["real_ensure_connection"]
    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", real)


@pytest.fixture
def identity(settings, tmp_path):
    """A pair of keys: the site has the public one."""
    made = age.Identity.generate()
    settings.BACKUP_RECIPIENTS = [str(made.to_public())]
    settings.BACKUP_DIR = tmp_path / "backups"
    return made


@pytest.fixture
def key_file(identity, tmp_path):
    file = tmp_path / "key.txt"
    file.write_text(f"# public key: {identity.to_public()}\n{identity}\n")
    return file


@pytest.fixture
def decrypted(identity, tmp_path):
    """Opens a backup as a person with the private key can without the site's code."""

    @contextmanager
    def opened(file):
        plain = tmp_path / "decrypted.sqlite3"
        with plain.open("wb") as target:
            age.decrypt(file, target, [identity])
        with closing(sqlite3.connect(plain)) as copy:
            yield copy

    return opened


@pytest.fixture
def back_up(identity, settings):
    def run():
        call_command("backup")
        return max(settings.BACKUP_DIR.glob("*.age"))

    return run


@pytest.fixture
def content(settings, tmp_path):
    """A small content folder of its own."""
    settings.CONTENT_DIR = tmp_path / "content"
    settings.CONTENT_DIR.mkdir()
    (settings.CONTENT_DIR / "clinic.yaml").write_text("name: A clinic\n")
    return settings.CONTENT_DIR
