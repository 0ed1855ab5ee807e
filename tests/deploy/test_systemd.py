"""The units in deploy/systemd: confined alike, and as tightly as systemd can."""

import re
import shutil
import subprocess
import sys
from configparser import ConfigParser

import pytest

from tests.deploy.nginx import ROOT

FOLDER = ROOT / "deploy" / "systemd"
PYTHON = "/srv/kapsite/.venv/bin/python"
UNITS = {
    "kapsite.service": "-m gunicorn kapsite.wsgi",
    "kapsite-worker.service": "manage.py run_worker",
    "kapsite-backup.service": "manage.py backup",
}
# What each may do that not all may.
OWN = ("ExecStart", "Restart", "RestartSec", "Type", "Nice", "ReadOnlyPaths")
OWN_NETWORK = ("IPAddressDeny", "IPAddressAllow")
MOST_EXPOSURE = 1.5  # of systemd's 10


class Unit(ConfigParser):
    """A service file; SystemCallFilter= may stand twice."""

    def __init__(self, name):
        super().__init__(interpolation=None)
        self.optionxform = str
        text = (FOLDER / name).read_text().replace("SystemCallFilter=~", "SystemCallFilter~=")
        self.read_string(text)


@pytest.mark.parametrize(("name", "command"), UNITS.items())
def test_each_unit_runs_its_program_in_the_folder_of_the_site(name, command):
    service = Unit(name)["Service"]
    assert service["ExecStart"] == f"{PYTHON} {command}"
    assert service["WorkingDirectory"] == "/srv/kapsite"
    assert service["Environment"] == "ENV_FILE=/etc/kapsite/env"


@pytest.mark.parametrize("name", ["kapsite.service", "kapsite-worker.service"])
def test_what_serves_is_started_again_whenever_it_ends(name):
    assert Unit(name)["Service"]["Restart"] == "always"


@pytest.mark.parametrize("name", UNITS)
def test_a_crash_writes_no_memory_to_the_disk_and_only_data_can_be_written_to(name):
    service = dict(Unit(name)["Service"])
    expected = {"LimitCORE": "0", "UMask": "0077", "User": "kapsite", "ProtectSystem": "strict"}
    assert service.items() >= expected.items()
    assert service["ReadWritePaths"] == "/var/lib/kapsite"


def test_only_the_worker_changes_pages_and_reaches_other_machines():
    for name in UNITS:
        service = Unit(name)["Service"]
        is_worker = name == "kapsite-worker.service"
        assert ("ReadOnlyPaths" not in service) == is_worker
        assert (service.get("IPAddressAllow") != "localhost") == is_worker


def test_the_units_are_confined_alike():
    rules = []
    for name in UNITS:
        service = dict(Unit(name)["Service"])
        for own in (*OWN, *OWN_NETWORK):
            service.pop(own, None)
        rules.append(service)
    assert rules[0] == rules[1] == rules[2]


# Judged by systemd itself


@pytest.fixture
def analyze(tmp_path):
    """Run systemd-analyze on copies of the units that name a Python of this machine."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not on this machine. Type: sudo apt-get install systemd")
    for file in FOLDER.iterdir():
        (tmp_path / file.name).write_text(file.read_text().replace(PYTHON, sys.executable))

    def run(*words):
        command = ["systemd-analyze", *words]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    return run


def test_systemd_understands_every_line(analyze):
    files = [f"./{file.name}" for file in FOLDER.iterdir()]
    done = analyze("verify", "--man=no", *files)
    ours = [line for line in done.stderr.splitlines() if "kapsite" in line]
    assert (done.returncode, ours) == (0, [])


@pytest.mark.parametrize("name", UNITS)
def test_systemd_finds_little_exposed(analyze, name):
    done = analyze("security", "--offline=true", "--no-pager", f"./{name}")
    assert float(re.search(r"exposure level for \S+: ([\d.]+)", done.stdout)[1]) <= MOST_EXPOSURE
