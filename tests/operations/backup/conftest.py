import inspect
import sqlite3
from contextlib import closing, contextmanager

import pytest
from django.core.management import call_command
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from kapsite.operations.backup import age, databases
from tests.earlier_tables import tables_in
from tests.inquiries.conftest import shared_database  # noqa: F401 -- a fixture
from tests.postgres import end_other_sessions


@pytest.fixture(autouse=True)
def _other_databases(transactional_db, monkeypatch):
    """Let the code open databases that are not in the settings, which Django's tests refuse."""
    patched = inspect.getclosurevars(BaseDatabaseWrapper.ensure_connection)
    real = patched.nonlocals["real_ensure_connection"]
    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", real)


@pytest.fixture(autouse=True)
def _alone(transactional_db):
    end_other_sessions()


@pytest.fixture(autouse=True)
def _tables_of_an_earlier_run(pytestconfig, monkeypatch):
    """To migrate an empty database takes seconds; a copy of one does not."""
    ready = tables_in(pytestconfig.cache.mkdir("tables"))
    migrate = databases.migrate

    def copy_first(alias):
        connection = connections[alias]
        if connection.vendor == "sqlite" and ready.exists():
            connection.ensure_connection()
            with closing(sqlite3.connect(ready)) as tables, connection.cursor() as cursor:
                cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'table'")
                own = [sql for (sql,) in cursor.fetchall()]
                tables.backup(connection.connection)
                for sql in own:
                    cursor.execute(sql)
        migrate(alias)

    monkeypatch.setattr(databases, "migrate", copy_first)


@pytest.fixture
def identity(settings, tmp_path):
    """A pair of keys: the site has the public one."""
    made = age.Identity.generate()
    settings.BACKUP_RECIPIENTS = [str(made.to_public())]
    settings.VAR_DIR = tmp_path / "var"
    settings.BACKUP_DIR = tmp_path / "backups"
    settings.VAR_DIR.mkdir()
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


@pytest.fixture(autouse=True)
def content(settings, tmp_path):
    """A small content folder of its own."""
    settings.CONTENT_DIR = tmp_path / "content"
    settings.CONTENT_DIR.mkdir()
    (settings.CONTENT_DIR / "clinic.yaml").write_text("name: A clinic\n")
    return settings.CONTENT_DIR
