"""What stands around the tests: a tool that is missing, and a PostgreSQL for one run."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from tests import conftest, run
from tests.earlier_tables import digest_of_migrations
from tests.postgres import PostgresMissing, find_programs, private_cluster

ROOT = Path(__file__).parent.parent


def test_without_a_browser_its_tests_are_skipped_with_a_line_on_how_to_get_it_which_fails_on_ci():
    words = "-m pytest -k reports_what_the_content_policy tests/browser/test_journey.py"
    done = subprocess.run(
        [sys.executable, *words.split()],
        cwd=ROOT,
        env=os.environ | {"PATH": "", "CHROMIUM": "", "CI": "true"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "1 skipped: no Chromium; type: sudo apt-get install chromium" in done.stdout
    assert "With CI=true nothing may be skipped." in done.stdout


@pytest.mark.parametrize(("ci", "status"), [(True, 1), (False, 0)])
def test_on_ci_alone_a_skipped_test_fails_the_run(monkeypatch, ci, status):
    monkeypatch.setattr(conftest, "CI", ci)
    reporter = SimpleNamespace(stats={"skipped": [None]})
    manager = SimpleNamespace(get_plugin=lambda _: reporter)
    session = SimpleNamespace(config=SimpleNamespace(pluginmanager=manager), exitstatus=0)
    conftest.pytest_sessionfinish(session)
    assert session.exitstatus == status


@pytest.mark.parametrize(("status", "went_well"), [(0, True), (1, False)])
def test_a_run_fails_when_pytest_does(status, went_well, capfd):
    assert run.run(["-c", f"import sys; sys.exit({status})"], {}) == went_well


def test_every_check_runs_though_an_earlier_one_failed(monkeypatch):
    monkeypatch.setattr(run, "CHECKS", ("-c 1/0", "-c pass", "-c nonsense"))
    with pytest.raises(SystemExit, match=r"Failed: -c 1/0; -c nonsense$"):
        run.check()


@pytest.mark.parametrize(("program", "failed"), [("true", []), ("false", ["checks, see above"])])
def test_a_run_fails_when_a_check_beside_it_does(monkeypatch, program, failed):
    monkeypatch.setattr(sys, "executable", shutil.which(program))
    found = []
    with run.checks_beside(found):
        pass
    assert found == failed


def test_with_arguments_nothing_runs_but_the_tests_that_they_name(monkeypatch):
    ran = []
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")  # it is taken away
    monkeypatch.setattr(run.chromium, "install", lambda: None)
    monkeypatch.setattr(run, "install_node_packages", lambda: None)
    monkeypatch.setattr(run, "run", lambda words, environment: ran.append(words) or True)
    monkeypatch.setattr(run, "checks_beside", lambda failed: pytest.fail("checks run"))
    run.main(["tests/text"])
    assert ran == [["-m", "pytest", "tests/text"]]


@pytest.mark.parametrize(
    ("failing", "alone", "went_well"),
    [(["a"], True, True), (["a"], False, False), (list("abcdef"), True, False), ([], True, False)],
    ids=["passes alone", "fails alone too", "many failed", "pytest did not start"],
)
def test_a_few_tests_that_failed_beside_the_others_run_again_alone(
    monkeypatch, tmp_path, failing, alone, went_well
):
    ran = []

    def fail_then_answer(words, environment):
        ran.append(words)
        if len(ran) == 1:
            run.LAST_FAILED.write_text(json.dumps(dict.fromkeys(failing, True)))
        return len(ran) > 1 and alone

    monkeypatch.setattr(run, "LAST_FAILED", tmp_path / "lastfailed")
    monkeypatch.setattr(run, "run", fail_then_answer)
    assert run.run_tests(run.IN_PARALLEL, {}) == went_well
    assert ran[1:] == ([["-m", "pytest", "a"]] if failing == ["a"] else [])


def test_what_passed_or_was_chosen_by_hand_runs_once(monkeypatch, tmp_path):
    ran = []
    monkeypatch.setattr(run, "LAST_FAILED", tmp_path / "lastfailed")
    monkeypatch.setattr(run, "run", lambda words, _: ran.append(words) or words[-1] == "passes")
    assert run.run_tests(["passes"], {})
    run.LAST_FAILED.write_text('{"a": true}')
    assert not run.run_tests(["fails"], {})
    assert len(ran) == 2


@pytest.fixture
def postgresql():
    try:
        find_programs()
    except PostgresMissing as missing:
        pytest.skip(str(missing))


def fail_with_a_cluster(seen):
    with private_cluster() as environment:
        folder = Path(environment["DATABASE_URL"].partition("?host=")[2])
        seen["folder"] = folder
        seen["process"] = (folder / "data/postmaster.pid").read_text().split()[0]
        with psycopg.connect(host=str(folder), user="kapsite", dbname="postgres") as connection:
            seen["answer"] = connection.execute("select 1").fetchone()
        raise RuntimeError("the tests failed")


def test_a_private_cluster_is_gone_after_a_failed_run(postgresql):
    seen = {}
    with pytest.raises(RuntimeError, match="the tests failed"):
        fail_with_a_cluster(seen)
    assert seen["answer"] == (1,)
    assert not seen["folder"].exists()
    command = Path("/proc", seen["process"], "cmdline")
    assert not command.exists() or command.read_bytes() == b""  # only waiting to be noticed


def test_without_postgresql_one_line_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("tests.postgres.DEBIAN", tmp_path)
    with pytest.raises(PostgresMissing, match=r"Type: sudo apt-get install postgresql") as stopped:
        find_programs()
    assert "\n" not in str(stopped.value)


@pytest.mark.sqlite
def test_tables_are_kept_for_the_next_run(db, pytestconfig):
    image = pytestconfig.cache.mkdir("tables") / digest_of_migrations()
    with closing(sqlite3.connect(image)) as file:
        [(triggers,)] = file.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'")
    assert triggers
