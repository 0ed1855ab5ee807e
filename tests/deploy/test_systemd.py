"""The units in deploy/systemd: both programs, shut in alike."""

from configparser import ConfigParser

import pytest

from tests.deploy.nginx import ROOT

FOLDER = ROOT / "deploy" / "systemd"
UNITS = {
    "kapsite.service": "-m gunicorn kapsite.wsgi",
    "kapsite-worker.service": "manage.py run_worker",
}


def unit(name) -> dict[str, dict[str, str]]:
    parser = ConfigParser(interpolation=None)  # strict: nothing stands twice
    parser.optionxform = str
    parser.read(FOLDER / name)
    return {section: dict(parser[section]) for section in parser.sections()}


@pytest.mark.parametrize(("name", "command"), UNITS.items())
def test_each_unit_runs_its_program_in_the_folder_of_the_site(name, command):
    service = unit(name)["Service"]
    assert service["ExecStart"] == f"/srv/kapsite/.venv/bin/python {command}"
    assert service["WorkingDirectory"] == "/srv/kapsite"
    assert service["Restart"] == "always"


@pytest.mark.parametrize("name", UNITS)
def test_a_crash_writes_no_memory_to_the_disk_and_only_var_can_be_written_to(name):
    service = unit(name)["Service"]
    told = {"LimitCORE": "0", "UMask": "0077", "User": "kapsite", "ProtectSystem": "strict"}
    assert service.items() >= told.items()
    assert service["ReadWritePaths"] == "/srv/kapsite/var"


def test_the_units_differ_in_their_programs_only():
    site, worker = (unit(name) for name in UNITS)
    for each in (site, worker):
        del each["Unit"]["Description"], each["Service"]["ExecStart"]
    assert site == worker
