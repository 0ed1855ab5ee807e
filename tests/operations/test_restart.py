"""A real server that is started again on a damaged published set."""

import os
import re
import sqlite3
from pathlib import Path

import pytest
from django.utils import timezone

from tests.server import manage, place, running
from tests.waiting import until


def status(server, path):
    return int(re.match(rb"HTTP/1.1 (\d+)", server.get(path))[1])


@pytest.fixture(scope="module")
def stopped():
    """The environment of a site that was set up, with the sign of life of a worker."""
    with place(WEB_CONCURRENCY="1") as environment:
        with sqlite3.connect(f"{environment['VAR_DIR']}/db.sqlite3") as database:
            now = timezone.now().replace(tzinfo=None)
            database.execute("INSERT INTO inquiries_heartbeat VALUES (1, ?)", [str(now)])
        database.close()
        yield environment


def test_pages_are_served_health_is_red_and_publishing_repairs_it(stopped):
    os.truncate(f"{stopped['VAR_DIR']}/published/current/manifest.json", 500)
    with running(stopped) as server:
        assert (status(server, "/risks/"), status(server, "/healthz")) == (200, 503)
        until(lambda: "is damaged" in server.log)
        until(lambda: "Not healthy: Published pages" in server.log)
        manage("publish", stopped)
        until(lambda: status(server, "/healthz") == 200)
        assert status(server, "/risks/") == 200


def test_while_no_page_is_left_readers_are_not_told_that_it_never_was(stopped):
    sets, away = (Path(stopped["VAR_DIR"], "published", name) for name in ("sets", "away"))
    sets.rename(away)
    with running(stopped) as server:
        assert (status(server, "/risks/"), status(server, "/healthz")) == (503, 503)
        assert status(server, "/request-evaluation/") == 200
        away.rename(sets)
        until(lambda: status(server, "/risks/") == 200)
        assert status(server, "/nothing/") == 404
