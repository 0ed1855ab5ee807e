"""What an upgrade would meet is said before anything is changed."""

import re
import tomllib
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection

import kapsite
from kapsite.operations import environment
from kapsite.operations.monitoring import upgrade
from kapsite.operations.monitoring.results import Unhealthy

ROOT = Path(__file__).parent.parent.parent.parent


def test_the_version_is_the_newest_in_the_changelog_and_that_of_the_project():
    newest = re.search(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text(), re.M)[1]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert newest == kapsite.__version__ == project["version"]


@pytest.mark.django_db
@pytest.mark.sqlite
def test_pending_migrations_are_named_and_a_newer_database_is_refused():
    change = "UPDATE django_migrations SET name = %s WHERE app = 'inquiries' AND name = %s"
    with connection.cursor() as cursor:
        assert upgrade.migrations() == "none is new"
        cursor.execute(
            "SELECT name FROM django_migrations WHERE app = 'inquiries' ORDER BY name DESC"
        )
        last = cursor.fetchone()[0]
        cursor.execute("DELETE FROM django_migrations WHERE name = %s", [last])
        assert upgrade.migrations() == f"migrate will run inquiries.{last}"
        cursor.execute(change, ["9999_new", "0001_initial"])
    with pytest.raises(Unhealthy, match="newer version"):
        upgrade.migrations()


def test_a_setting_that_no_version_has_or_that_was_removed_is_named(monkeypatch, tmp_path):
    monkeypatch.setitem(environment.from_file, "SITE_ADRESS", tmp_path / ".env")
    with pytest.raises(Unhealthy, match="SITE_ADRESS in"):
        upgrade.known_settings()


def test_settings_that_are_new_or_left_out_are_listed():
    assert "BACKUP_RECIPIENTS" in upgrade.known_settings()


def test_content_that_the_new_code_refuses_is_noticed(settings, tmp_path):
    assert upgrade.content() == "can be published with this version"
    settings.CONTENT_DIR = tmp_path
    (tmp_path / "page.md").write_text("No front matter\n")
    with pytest.raises(Unhealthy, match="refuses to publish it"):
        upgrade.content()


def test_a_package_of_another_version_is_noticed(monkeypatch):
    assert upgrade.packages() == "as in requirements.txt"
    monkeypatch.setattr(upgrade, "version", lambda name: "1" if name == "django" else "0")
    with pytest.raises(Unhealthy, match="not as in requirements"):
        upgrade.packages()


@pytest.mark.django_db
def test_it_ends_with_status_1_if_anything_stands_in_the_way(settings, capsys, tmp_path):
    settings.BACKUP_DIR = tmp_path
    with pytest.raises(SystemExit, match="1"):
        call_command("upgrade_check")
    assert "not ok  Backup: " in capsys.readouterr().out
