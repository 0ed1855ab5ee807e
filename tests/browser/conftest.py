"""A real Chromium, and the whole site for it to read: guard, front, static files and Django."""

import os
import shutil
from collections.abc import Iterator

import pytest
from django.db import connections
from django.test.testcases import LiveServerThread
from playwright.sync_api import expect, sync_playwright

from tests.browser import chromium as browser

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright keeps an event loop here
expect.set_options(timeout=60_000)  # milliseconds; a busy machine must not fail a test


@pytest.fixture(scope="session")
def server(application, django_db_setup, django_db_blocker) -> Iterator[str]:
    """The address of the site, served as in production but in this process."""
    with django_db_blocker.unblock():
        in_memory = {
            each.alias: each
            for each in connections.all()
            if each.vendor == "sqlite" and each.is_in_memory_db()
        }
    for connection in in_memory.values():
        connection.inc_thread_sharing()  # for good: a thread may end after the last test
    thread = LiveServerThread("localhost", lambda _: application, connections_override=in_memory)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    yield f"http://localhost:{thread.port}"
    thread.terminate()


@pytest.fixture
def site(server, transactional_db) -> str:
    """The same, with a database that is empty before and after the test."""
    return server


@pytest.fixture(scope="session")
def playwright():
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def launch(playwright):
    """Start a Chromium; options are those of Playwright.

    The small one starts faster, and keeps no page in memory to go back to.
    """
    path = browser.find()
    if not path:
        pytest.skip(browser.HOW_TO_GET)
    launched = []
    no_jit = ["--js-flags=--no-opt --no-maglev"]  # no page stays long enough for it to pay

    def launch(is_small=True, **options):
        program = shutil.which(browser.SHELL) if is_small else None
        options = {"executable_path": program or path, "args": no_jit} | options
        launched.append(playwright.chromium.launch(**options))
        return launched[-1]

    yield launch
    for each in launched:
        each.close()


@pytest.fixture(scope="session")
def chromium(launch):
    return launch()


@pytest.fixture
def new_page(chromium, site):
    """An empty page in a window of its own; options are those of Playwright."""
    contexts = []

    def new_page(**options):
        contexts.append(chromium.new_context(base_url=site, **browser.WINDOW | options))
        return contexts[-1].new_page()

    yield new_page
    for context in contexts:
        context.close()


@pytest.fixture
def open_page(new_page, site):
    """Open a path in a browser window; options are those of Playwright.

    At the end no window may hold a cookie, have asked another host for anything, or have met
    an error. Chromium reports what the content policy forbids as an error, script or not.
    """
    pages = []

    def open_page(path="/", **options):
        page = new_page(**options)
        page.problems = []
        page.on("console", lambda line: note(page, line.text, line.type == "error"))
        page.on("pageerror", lambda error: note(page, str(error)))
        page.on("request", lambda asked: note(page, asked.url, not asked.url.startswith(site)))
        pages.append(page)
        page.goto(path)
        return page

    def note(page, problem, is_one=True):
        if is_one:
            page.problems.append(problem)

    yield open_page
    problems = [problem for page in pages for problem in page.problems]
    cookies = [cookie for page in pages for cookie in page.context.cookies()]
    assert (problems, cookies) == ([], [])
