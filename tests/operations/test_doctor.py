"""`manage.py doctor`: everything that can be wrong, in one list."""

import json
import os
import secrets

import pytest
from django.core.management import call_command

from kapsite.operations import environment
from kapsite.operations.monitoring import health, installation, settings_in_force
from kapsite.operations.monitoring.results import Result, Unhealthy

pytestmark = pytest.mark.django_db


@pytest.fixture
def checks(monkeypatch):
    """Stands in for all checks but one; that one can be set."""

    def works():
        return "works"

    def broken():
        raise Unhealthy("broken", "Mend it.")

    monkeypatch.setattr(health, "run", lambda: [Result("Database", "answers")])
    monkeypatch.setattr(installation, "check_keys", lambda *_, **__: [])
    monkeypatch.setattr(installation, "ON_DEPLOY", {})
    mutable = {"Proxy": works}
    monkeypatch.setattr(installation, "FOR_DOCTOR", mutable)
    return lambda is_well: mutable.update(Proxy=works if is_well else broken)


@pytest.fixture
def doctor(capsys):
    """Exit status and output of the command."""

    def run(*words):
        status = 0
        try:
            call_command("doctor", *words)
        except SystemExit as error:
            status = error.code
        return status, capsys.readouterr().out

    return run


def test_it_says_every_result_and_what_to_do_and_ends_with_1_if_anything_is_wrong(doctor, checks):
    status, said = doctor()
    assert status == 0
    assert "ok      Database: answers." in said
    assert "No problem in 2 checks." in said
    checks(is_well=False)
    status, said = doctor()
    assert status == 1
    assert "not ok  Proxy: broken.\n        Mend it.\n" in said
    assert "1 problem in 2 checks." in said


def test_a_program_can_read_the_same_as_json(doctor, checks):
    checks(is_well=False)
    status, said = doctor("--json")
    found = json.loads(said)
    assert (status, found["ok"]) == (1, False)
    assert found["checks"][1] == {
        "name": "Proxy",
        "ok": False,
        "words": "broken",
        "fix": "Mend it.",
    }
    assert found["settings"]["DEBUG"][1] in ("environment", "default")


def test_a_message_is_sent_only_when_that_is_asked_for(doctor, checks, monkeypatch):
    sent = []
    command = "kapsite.operations.management.commands.doctor"
    monkeypatch.setattr(f"{command}.send_test_message", lambda: sent.append(1) or "sent")
    doctor()
    assert sent == []
    assert "ok      Test message: sent." in doctor("--send-mail")[1]
    assert sent == [1]


def test_every_check_of_health_is_among_them(doctor):
    said = doctor("--json")[1]
    names = [check["name"] for check in json.loads(said)["checks"]]
    of_health, of_machine = health.ON_DISK | health.IN_DATABASE, installation.ON_DEPLOY
    assert names == [*of_health, *of_machine, *installation.FOR_DOCTOR]


# Settings in force


@pytest.fixture
def read(monkeypatch, tmp_path):
    """What is in force for a file of settings and an environment."""

    def read(name, line="", **variables):
        for each in ("from_file", "variables"):
            monkeypatch.setattr(environment, each, {})
        monkeypatch.setattr(environment, "problems", [])
        monkeypatch.setattr(os, "environ", dict(variables))
        monkeypatch.setattr(environment.environ.Env, "ENVIRON", os.environ)
        file = tmp_path / "env"
        file.write_text(line)
        environment.load(file)
        environment.read(name, "8000")
        [found] = settings_in_force.in_force()
        return found.value, found.source.replace(str(file), "file")

    return read


def test_each_setting_says_where_it_came_from(read):
    assert read("PORT") == ("8000", "default")
    assert read("PORT", "PORT=") == ("8000", "default")
    assert read("PORT", "PORT=81") == ("81", "file")
    assert read("PORT", "PORT=81", PORT="82") == ("82", "environment")


@pytest.mark.parametrize(
    ("name", "form", "shown"),
    [
        ("SECRET_KEY", "{}", "(secret)"),
        ("FIELD_KEYS", "{0},{0}", "(2 secrets)"),
        ("EMAIL_URL", "smtp+tls://ada:{}@mail.example.org:587", "ada:(secret)@mail.example.org"),
        ("DATABASE_URL", "postgres://site:{}@db.example.org/site", "site:(secret)@db.example.org"),
    ],
)
def test_no_secret_is_shown(read, name, form, shown):
    secret = secrets.token_urlsafe(32)
    value, _source = read(name, f"{name}={form.format(secret)}")
    assert shown in value
    assert secret not in value
