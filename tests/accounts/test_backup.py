"""A backup has everything but what would only help whoever finds it: sessions, and limits."""

import os
import re
import sqlite3
import subprocess
from contextlib import closing
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection

from kapsite.accounts.models import CacheEntry, StaffSession
from kapsite.inquiries.desk.reports import system_status
from tests.factories import make_inquiry
from tests.postgres import find_programs

from .people import enter_fully, is_inside

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def var(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    return tmp_path


@pytest.fixture
def in_use(client, ana):
    """A site with a request, somebody at work, and a limit that counts."""
    enter_fully(client)
    cache.set("a-limit", [1.0])
    make_inquiry(name="Ada Canary")
    return client


@pytest.mark.sqlite
def test_a_backup_has_the_requests_and_accounts_and_no_session(var, in_use):
    call_command("backup")
    [file] = (var / "backups").iterdir()
    with closing(sqlite3.connect(file)) as copy:
        counts = {
            table: copy.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
            for table in (
                "inquiries_inquiry",
                "auth_user",
                "accounts_staffsession",
                "accounts_cacheentry",
            )
        }
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert list(counts.values()) == [1, 1, 0, 0]


@pytest.mark.sqlite
def test_not_even_the_bytes_of_a_session_are_left_in_a_backup(var, in_use):
    traces = [row.session_key for row in StaffSession.objects.all()]
    traces += [entry.key for entry in CacheEntry.objects.all()]
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(var / "all")])
    everything = (var / "all").read_bytes()
    assert len(traces) >= 2
    assert [trace for trace in traces if trace.encode() not in everything] == []
    call_command("backup")
    [file] = (var / "backups").iterdir()
    content = file.read_bytes()
    assert [trace for trace in traces if trace.encode() in content] == []


@pytest.mark.sqlite
def test_making_a_backup_signs_nobody_out(var, in_use):
    call_command("backup")
    assert is_inside(in_use)
    assert cache.get("a-limit") == [1.0]


@pytest.mark.sqlite
def test_a_backup_is_for_the_sites_own_user(var, in_use, capsys):
    call_command("backup")
    [file] = (var / "backups").iterdir()
    assert [place.stat().st_mode & 0o777 for place in (file, file.parent)] == [0o600, 0o700]
    assert str(file) in capsys.readouterr().out


@pytest.mark.sqlite
def test_half_a_backup_is_taken_for_none_and_is_in_nobodys_way(var, in_use):
    (var / "backups").mkdir()
    (var / "backups/.unfinished").write_text("cut off")
    assert "none" in system_status.backup(system_status.timezone.now()).words
    call_command("backup")
    assert [file.suffix for file in (var / "backups").iterdir()] == [".sqlite3"]


@pytest.mark.postgresql
def test_on_postgresql_it_says_what_to_type_instead_and_that_leaves_sessions_out(in_use, tmp_path):
    with pytest.raises(CommandError, match="pg_dump --format=custom") as stopped:
        call_command("backup")
    options = re.findall("--exclude-table-data=[a-z_]+", str(stopped.value))
    keys = {row.session_key.encode() for row in StaffSession.objects.all()}
    for chosen, wanted in (([], keys), (options, set())):
        dump = [find_programs() / "pg_dump", *chosen, url_of_database()]
        done = subprocess.run(dump, capture_output=True, check=True)
        assert {key for key in keys if key in done.stdout} == wanted
        assert b"inquiries_inquiry" in done.stdout


def url_of_database() -> str:
    usual = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(usual._replace(path=f"/{connection.settings_dict['NAME']}"))
