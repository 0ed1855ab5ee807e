"""A missing or unsafe setting stops the process and says what to do."""

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import pytest

from kapsite.operations import environment as reader

ROOT = Path(__file__).parent.parent
GOOD = {
    "ENV_FILE": os.devnull,
    "SITE_URL": "https://kap.example.org",
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP",
    "FIELD_KEYS": "pM0B0BxIYxXfcyZQQ1DrgGQMO0kg1Fei4bUo5bDC0RI",
}


def start(**environment):
    """As a new process would read the settings: how it ends, and what it says."""
    environment = {"PATH": os.environ["PATH"], **GOOD, **environment}
    given = {name: value for name, value in environment.items() if value is not None}
    unread = mock.patch.multiple(reader, problems=[], from_file={}, variables={})
    with unread, mock.patch.dict(os.environ, given, clear=True):
        try:
            found = runpy.run_path(str(ROOT / "kapsite/settings.py"))
        except SystemExit as stopped:
            return SimpleNamespace(returncode=1, stderr=f"{stopped}\n")
    return SimpleNamespace(returncode=0, stderr="", settings=SimpleNamespace(**found))


def setting(expression, **environment):
    """What a new process would print for ``expression``."""
    process = start(**environment)
    assert process.stderr == ""
    said = eval(f"({expression},)", {"settings": process.settings})  # noqa: S307
    return " ".join(map(str, said))


def new_process(*words, **environment):
    return subprocess.run(
        [sys.executable, "-W", "error", *words],
        env={"PATH": os.environ["PATH"], **GOOD, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_with_good_settings_the_process_starts():
    process = new_process("-c", "import kapsite.settings")
    assert (process.returncode, process.stderr) == (0, "")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", None),
        ("SECRET_KEY", "   "),
        ("SECRET_KEY", "too-short"),
        ("SECRET_KEY", "a" * 60),
        ("FIELD_KEYS", None),
        ("FIELD_KEYS", "change-me"),
        ("FIELD_KEYS", GOOD["FIELD_KEYS"] + ",short"),
        ("FIELD_KEYS", "A" * 43),
        ("SITE_URL", "http://kap.example.org"),
        ("SITE_URL", "kap.example.org"),
        ("SITE_URL", "https://kap.example.org/site"),
        ("SITE_URL", "https://user@kap.example.org"),
        ("SITE_URL", "https://kap.example.org:port"),
        ("SITE_URL", "https://[::1"),
        ("SITE_URL", "https://kap.example.org?x=1"),
        ("VAR_DIR", "."),
        ("VAR_DIR", str(ROOT.parent)),
        ("CONTENT_DIR", "/srv/pages"),
        ("CONTENT_DIR", "var/published/content"),
        ("DEBUG", "banana"),
        ("DEBUG", "true"),
        ("ADMIN_PATH", "Staff Room"),
        ("ADMIN_PATH", "/"),
        ("ADMIN_PATH", "static/"),
        ("ADMIN_PATH", "request-evaluation/"),
        ("TRUSTED_PROXIES", "my-proxy"),
        ("TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/99"),
        ("DATABASE_URL", "banana"),
        ("DATABASE_URL", "mysql://user:password@host/name"),
        ("DATABASE_URL", "postgres://user:password@host"),
        ("DATABASE_URL", "postgres://user:pa/ss@host:port/name"),
        ("EMAIL_URL", "banana"),
        ("EMAIL_URL", "smtp://user:password@host:port"),
        ("NOTIFY_EMAILS", "desk"),
        ("ALERT_EMAILS", "desk"),
        ("MAIL_FROM", "Front desk"),
        ("PORT", "http"),
        ("PORT", "70000"),
        ("WEB_CONCURRENCY", "0"),
        ("WORKER_CLASS", "sync"),
        ("EXTRA_HOSTS", "https://www.kap.example.org"),
        ("EXTRA_HOSTS", "kap.example.org"),
        ("EXTRA_HOSTS", "*"),
        ("HSTS_SECONDS", "a year"),
        ("HSTS_SECONDS", "-1"),
        ("HSTS_SECONDS", "999999999"),
        ("HSTS_SUBDOMAINS", "all"),
        ("HEALTH_ADDRESSES", "monitor.example.org"),
    ],
)
def test_a_missing_or_unsafe_value_stops_the_process_and_names_the_variable(name, value):
    process = start(**{name: value})
    assert process.returncode == 1
    first, problem, *rest = process.stderr.splitlines()
    assert first == "kapsite cannot start:"
    assert problem.startswith(f"  - {name}")
    assert rest == []


def problem_of_env_file(file, **environment):
    """The only problem when everything is in ``file``."""
    secrets = {"SECRET_KEY": None, "FIELD_KEYS": None} | environment
    process = start(ENV_FILE=str(file), **secrets)
    assert (process.returncode, "Traceback" in process.stderr) == (1, False)
    return process.stderr


def test_an_env_file_that_cannot_be_read_is_named_instead_of_what_is_in_it(tmp_path):
    said = problem_of_env_file(tmp_path)
    assert said == f"kapsite cannot start:\n  - {tmp_path} can't be read: Is a directory.\n"


def test_an_env_file_with_another_encoding_is_named(tmp_path):
    file = tmp_path / ".env"
    file.write_bytes("MAIL_FROM=Frau Müller <a@b.c>".encode("latin-1"))
    assert "it is not UTF-8 text" in problem_of_env_file(file)


def test_an_env_file_that_is_not_there_is_named_when_it_was_asked_for(tmp_path):
    assert f"ENV_FILE: there is no file {tmp_path / 'no'}." in problem_of_env_file(tmp_path / "no")


def test_a_line_that_is_no_setting_is_named_without_what_it_says(tmp_path):
    file = tmp_path / ".env"
    file.write_text("# mine\n\nSECRET_KEY = my-secret\n")
    said = problem_of_env_file(file)
    assert f"{file}, line 3: write NAME=value, without spaces around =." in said
    assert "my-secret" not in said


def test_an_env_file_may_begin_with_a_byte_order_mark(tmp_path):
    file = tmp_path / ".env"
    file.write_text(f"SECRET_KEY={GOOD['SECRET_KEY']}\n", encoding="utf-8-sig")
    assert start(ENV_FILE=str(file), SECRET_KEY=None).stderr == ""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user: sudo make test")
def test_an_env_file_for_root_only_is_reported_with_the_command_that_lets_the_site_read_it(
    tmp_path,
):
    code = """
import os, sys
from pathlib import Path
from kapsite.operations import environment
os.setegid(65534); os.seteuid(65534)
environment.load(Path(sys.argv[1]))
"""
    file = tmp_path / ".env"
    file.write_text("SECRET_KEY=x")
    file.chmod(0o600)
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    words = [sys.executable, "-c", code, file]
    process = subprocess.run(words, cwd=ROOT, env={}, capture_output=True, text=True)
    assert f"{file} can't be read by the user nobody. Run as root: chgrp" in process.stderr


def test_all_problems_are_reported_at_once():
    process = start(SECRET_KEY=None, FIELD_KEYS="", SITE_URL="ftp://x", DATABASE_URL="banana")
    assert [line.split()[1] for line in process.stderr.splitlines()[1:]] == [
        "SECRET_KEY",
        "FIELD_KEYS",
        "SITE_URL",
        "DATABASE_URL",
    ]


def test_the_message_repeats_no_secret():
    process = start(
        SECRET_KEY="my-short-secret",
        FIELD_KEYS="my-short-key",
        DATABASE_URL="mysql://user:my-password@host/name",
        EMAIL_URL="smpt://user:my-password@host",
    )
    assert process.returncode == 1
    assert "my-" not in process.stderr


def test_a_key_may_not_serve_two_purposes():
    key = GOOD["FIELD_KEYS"]
    assert "FIELD_KEYS repeats SECRET_KEY" in start(SECRET_KEY=key).stderr


def test_manage_py_and_gunicorn_say_it_in_the_same_plain_words():
    for command in (["manage.py", "check"], ["-m", "gunicorn", "kapsite.wsgi"]):
        process = new_process(*command, DEBUG="banana")
        assert process.returncode == 1
        assert process.stderr == (
            "kapsite cannot start:\n  - DEBUG cannot be understood. Write true or false.\n"
        )


def test_a_value_that_begins_with_a_dollar_sign_is_taken_as_it_is():
    key = "$" + GOOD["SECRET_KEY"]
    assert setting("settings.SECRET_KEY", SECRET_KEY=key) == key


SECURE = ["SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"]


@pytest.mark.parametrize(
    ("written", "sender"),
    [
        (None, "no-reply@kap.example.org"),
        ("desk@example.org", "desk@example.org"),
        ("Front desk <desk@example.org>", "Front desk <desk@example.org>"),
    ],
)
def test_mail_comes_from(written, sender):
    assert setting("settings.DEFAULT_FROM_EMAIL", MAIL_FROM=written) == sender


@pytest.mark.parametrize("name", SECURE)
def test_a_public_address_brings_https_and_secure_cookies(name):
    assert setting(f"settings.{name}", SITE_URL="https://kap.example.org") == "True"
    assert setting(f"settings.{name}", SITE_URL="http://localhost:8000") == "False"


def test_only_the_public_address_is_answered_for():
    assert setting("settings.ALLOWED_HOSTS") == "['kap.example.org']"


def test_sqlite_is_set_up_so_that_a_confirmed_inquiry_is_durable():
    options = setting("settings.DATABASES['default']['OPTIONS']")
    for part in ("'transaction_mode': 'IMMEDIATE'", "journal_mode=WAL", "synchronous=FULL"):
        assert part in options


def test_the_database_file_does_not_depend_on_where_a_command_is_started():
    name = setting("settings.DATABASES['default']['NAME']", DATABASE_URL="sqlite:///var/x.sqlite3")
    assert name == str(ROOT / "var" / "x.sqlite3")


def test_the_folder_for_what_is_written_does_not_depend_on_it_either():
    assert setting("settings.VAR_DIR", VAR_DIR="data") == str(ROOT / "data")
    assert setting("settings.VAR_DIR", VAR_DIR="/srv/data") == "/srv/data"


def test_the_content_can_be_outside_of_the_code():
    assert setting("settings.CONTENT_DIR") == str(ROOT / "content")
    assert setting("settings.CONTENT_DIR", CONTENT_DIR="/srv/content/") == "/srv/content"


def test_a_database_url_with_a_socket_folder_and_tls_keeps_both():
    options = "settings.DATABASES['default']['OPTIONS']"
    url = "postgres://kapsite@/kapsite?host=/run/postgresql&sslmode=require"
    assert setting(f"{options}['host'], {options}['sslmode']", DATABASE_URL=url) == (
        "/run/postgresql require"
    )


STRANGE = "a?b %20 %c#d'e\"f+g é&h=[i]*$j;k,l:m@n"


def test_a_folder_may_have_any_characters_in_its_name():
    name = "settings.DATABASES['default']['NAME']"
    assert setting(name, VAR_DIR=f"/srv/{STRANGE}") == f"/srv/{STRANGE}/db.sqlite3"


def test_the_same_folder_can_be_named_in_the_env_file(tmp_path):
    file = tmp_path / STRANGE / ".env"
    file.parent.mkdir()
    file.write_text(f"VAR_DIR=/srv/{STRANGE}")
    assert setting("settings.VAR_DIR", ENV_FILE=str(file)) == f"/srv/{STRANGE}"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("/srv/a+b", "/srv/a+b"),
        ("/srv/a#b", "/srv/a#b"),
        ("/srv/a b'c\"", "/srv/a b'c\""),
        ("/srv/é", "/srv/é"),
        ("/srv/a%3Fb%25%2B", "/srv/a?b%+"),
        ("/srv/a?timeout=9", "/srv/a"),
    ],
)
def test_the_path_of_an_sqlite_url_is_taken_as_it_is_but_for_percent_codes(written, name):
    url = f"sqlite:///{written}"
    assert setting("settings.DATABASES['default']['NAME']", DATABASE_URL=url) == name


def test_a_question_mark_in_the_path_of_an_sqlite_url_is_refused():
    process = start(DATABASE_URL="sqlite:////srv/a?b/db.sqlite3")
    assert "DATABASE_URL cannot be understood" in process.stderr
    assert "percent-encode special characters" in process.stderr


@pytest.mark.parametrize(
    ("password", "expected"),
    [("p+q", "p+q"), ("p#q", "p#q"), ("p%3F%2F%40%25q", "p?/@%q"), ("p%20q", "p q"), ("é", "é")],
)
def test_a_password_and_a_name_of_a_postgresql_url_keep_plus_and_hash(password, expected):
    database = "settings.DATABASES['default']"
    url = f"postgres://kapsite:{password}@localhost/a+b#c?application_name=x+y"
    told = f"{database}['PASSWORD'], {database}['NAME'], {database}['OPTIONS']['application_name']"
    assert setting(told, DATABASE_URL=url) == f"{expected} a+b#c x+y"


FAR = "postgres://kapsite:secret-password@db.example.org/kapsite"


@pytest.mark.parametrize(
    "url",
    [
        FAR,
        f"{FAR}?sslmode=require",
        f"{FAR}?sslmode=prefer",
        f"{FAR}?sslmode=verify-full",
        f"{FAR}?sslmode=verify-full&sslrootcert=/nowhere/ca.pem",
        f"{FAR}?sslmode=verify-ca",
        "postgres://kapsite:secret-password@10.0.0.7:5432/kapsite",
        "postgres://kapsite:secret-password@localhost,10.0.0.7/kapsite",
        "postgres://kapsite:secret-password@/kapsite?host=db.example.org",
        "postgres://kapsite:secret-password@localhost/kapsite?hostaddr=10.0.0.7",
    ],
)
def test_a_database_on_another_machine_must_prove_that_it_is_the_right_one(url):
    process = start(DATABASE_URL=url)
    assert process.returncode == 1
    [problem] = process.stderr.splitlines()[1:]
    assert problem.startswith("  - DATABASE_URL: ")
    assert "sslrootcert=/path/to/ca.pem" in problem
    assert "secret-password" not in problem


@pytest.mark.parametrize(
    "url",
    [
        f"{FAR}?sslmode=verify-full&sslrootcert=system",
        f"{FAR}?sslmode=verify-full&sslrootcert={__file__}",
        f"{FAR}?sslmode=verify-ca&sslrootcert={__file__}",
        f"{FAR}?sslmode=disable",
        "postgres://kapsite@/kapsite",
        "postgres://kapsite@localhost/kapsite",
        "postgres://kapsite@127.0.0.1:5433/kapsite",
        "postgres://kapsite@[::1]/kapsite",
        "postgres://kapsite@/kapsite?host=/run/postgresql",
    ],
)
def test_a_verified_or_local_database_is_accepted(url):
    assert start(DATABASE_URL=url).stderr == ""


def test_the_example_names_every_variable_that_is_read():
    source = (ROOT / "kapsite" / "settings.py").read_text()
    read = set(re.findall(r"read\w*\(\s*\"([A-Z_]+)\"", source))
    example = (ROOT / ".env.example").read_text()
    assert set(re.findall(r"^#?([A-Z_]+)=", example, re.M)) == read


def test_passwords_are_stored_with_argon2id():
    made = "from django.contrib.auth.hashers import make_password; print(make_password('x'))"
    stored = new_process("-c", made, DJANGO_SETTINGS_MODULE="kapsite.settings").stdout
    assert stored.startswith("argon2$argon2id$v=19$m=47104,t=1,p=1$")


@pytest.mark.parametrize("kind", ["SESSION", "CSRF"])
def test_over_https_no_other_path_or_host_can_plant_a_cookie(kind):
    told = "settings.{0}_COOKIE_NAME, settings.{0}_COOKIE_PATH, settings.{0}_COOKIE_SAMESITE"
    name, path, site = setting(told.format(kind), ADMIN_PATH="staff").split()
    assert (name.startswith("__Host-"), path, site) == (True, "/", "Strict")


@pytest.mark.parametrize("name", ["SESSION_COOKIE_PATH", "CSRF_COOKIE_PATH"])
def test_without_https_cookies_go_to_the_admin_only(name):
    local = {"SITE_URL": "http://localhost:8000", "ADMIN_PATH": "staff"}
    assert setting(f"settings.{name}", **local) == "/staff/"
