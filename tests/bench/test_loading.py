"""`make bench` runs only when someone asks for it: it has to start then."""

import os
import subprocess
import sys

START = """
import importlib
import kapsite.wsgi
from tests.bench.__main__ import NAMES
for name in NAMES:
    importlib.import_module(f"tests.bench.{name}")
"""


def test_every_benchmark_loads_and_so_does_the_site_with_the_bare_form():
    environ = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.bench.bare_settings"}
    command = [sys.executable, "-c", START]
    done = subprocess.run(command, env=environ, stderr=subprocess.PIPE, text=True)
    assert done.returncode == 0, done.stderr
