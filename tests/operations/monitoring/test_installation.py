"""What is wrong with a machine is said with what to do."""

import os

import pytest

from kapsite.operations.monitoring import installation
from tests.operations.monitoring.unhealthy import problem


@pytest.mark.skipif(os.geteuid() != 0, reason="needs two users: sudo make test")
def test_code_that_the_site_could_change_is_named_on_a_public_address(settings, tmp_path):
    settings.VAR_DIR = settings.CONTENT_DIR = tmp_path
    settings.SECURE = True
    assert "the site could change" in problem(installation.owners)  # root can write anywhere
    settings.SECURE = False
    assert installation.owners() == "the site can write to its data"


def test_a_folder_of_data_that_the_site_cannot_write_to_is_named(settings, monkeypatch, tmp_path):
    settings.CONTENT_DIR = tmp_path
    monkeypatch.setattr(os, "access", lambda place, mode: place != tmp_path)
    assert f"can't write to {tmp_path}" in problem(installation.owners)
