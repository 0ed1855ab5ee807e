"""A real server that is started again on a damaged published set."""

import os
import re
import shutil
import sqlite3

import pytest
from django.utils import timezone

from tests.server import manage, running, site
from tests.waiting import until


def status(server, path):
    return int(re.match(rb"HTTP/1.1 (\d+)", server.get(path))[1])


@pytest.fixture(scope="module")
def stopped():
    """A site that was set up, with the sign of life of a worker, and then stopped."""
    with site(WEB_CONCURRENCY="1") as server:
        with sqlite3.connect(server.folder / "db.sqlite3") as database:
            now = timezone.now().replace(tzinfo=None)
            database.execute("INSERT INTO inquiries_heartbeat VALUES (1, ?)", [str(now)])
        database.close()
        yield server


DAMAGE = {
    "manifest cut": lambda current: os.truncate(current / "manifest.json", 500),
    "compressed copy cut": lambda current: os.truncate(current / "risks/index.html.br", 50),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_pages_are_served_health_is_red_and_publishing_repairs_it(stopped, damage):
    damage(stopped.folder / "published/current")
    with running(stopped.environment) as server:
        assert (status(server, "/risks/"), status(server, "/healthz")) == (200, 503)
        until(lambda: "is damaged" in server.log)
        until(lambda: "Not healthy: Published pages" in server.log)
        manage("publish", stopped.environment)
        until(lambda: status(server, "/healthz") == 200)
        assert status(server, "/risks/") == 200


def test_while_no_page_is_left_readers_are_not_told_that_it_never_was(stopped):
    published = stopped.folder / "published"
    shutil.rmtree(published / "sets")
    with running(stopped.environment) as server:
        assert (status(server, "/risks/"), status(server, "/healthz")) == (503, 503)
        assert status(server, "/request-evaluation/") == 200
        manage("publish", stopped.environment)
        until(lambda: status(server, "/risks/") == 200)
        assert status(server, "/nothing/") == 404
