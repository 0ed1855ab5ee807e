"""What an editor sees with `make dev`, in a copy of the project."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.scripts.test_bootstrap import ROOT

pytestmark = pytest.mark.sqlite  # no page needs the database
LEFT_OUT = shutil.ignore_patterns(".git", ".venv*", "var", ".env", "node_modules", "tests")


@pytest.fixture
def project(tmp_path):
    return Path(shutil.copytree(ROOT, tmp_path / "site", ignore=LEFT_OUT))


@pytest.fixture
def address(project):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = {
        "DEBUG": "true",
        "ENV_FILE": os.devnull,
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_KEYS": secrets.token_urlsafe(32),
        "DJANGO_SETTINGS_MODULE": "kapsite.settings",
        "VAR_DIR": str(project / "var"),
    }
    server = subprocess.Popen(
        [sys.executable, "manage.py", "runserver", str(port)],
        cwd=project,
        env=os.environ | settings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    while server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            break
        except ConnectionRefusedError:
            time.sleep(0.1)
    yield f"http://localhost:{port}"
    os.killpg(server.pid, signal.SIGKILL)
    server.wait()


def test_a_changed_file_shows_by_itself_and_a_slip_is_explained(chromium, project, address):
    page = chromium.new_page()
    page.goto(f"{address}/history/")
    file = project / "content/history.md"
    text = file.read_text()
    heading = page.get_by_role("heading", level=1)
    try:
        file.write_text(text.replace("\ntitle: ", "\ntitle: New words, ", 1))
        for _ in range(10):  # a page that does not listen yet misses a change, not the next one
            page.wait_for_timeout(1_500)
            if "New words, " in heading.inner_text():
                break
            file.touch()
        expect(heading).to_contain_text("New words, ")
        file.write_text(text.replace("\nguide: ", "\ngude: ", 1))
        page.reload()
        expect(page.get_by_role("main")).to_contain_text('Did you mean "guide"?')
    finally:
        page.close()
