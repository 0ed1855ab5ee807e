"""The browser that the tests use: found on the machine, or installed where that is possible."""

import os
import shutil
import subprocess
import sys
from functools import cache

SHELL = "chromium-headless-shell"  # draws the same, and starts a window three times as fast
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
PACKAGES = ("chromium", "fonts-dejavu-core", "libatomic1")  # the last for Playwright itself
WINDOW = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"}
HOW_TO_GET = (
    f"no Chromium; type: sudo apt-get install {' '.join(PACKAGES)} "
    "(elsewhere: install Chrome, or set CHROMIUM to the path of one)"
)


@cache
def find() -> str | None:
    """The path of a browser; None also while Playwright's own program does not run."""
    command = [sys.executable, "-m", "playwright", "--version"]
    if subprocess.run(command, capture_output=True).returncode:
        return None
    names = [os.environ.get("CHROMIUM", ""), *NAMES, MAC]
    return next((path for path in map(shutil.which, names) if path), None)


def install():
    """As root on Debian: fetch Chromium and a font, and ``SHELL`` last. Where that fails, the tests
    say so."""
    if shutil.which(SHELL) or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print("Installing Chromium ...", flush=True)
    for words in (
        "update",
        *(f"install -y --no-install-recommends {p}" for p in (*PACKAGES, SHELL)),
    ):
        subprocess.call(
            ["apt-get", "-qq", *words.split()],
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
