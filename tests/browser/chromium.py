"""The browser that the tests use: found on the machine, or installed where that is possible."""

import os
import shutil
import subprocess

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
PACKAGES = ("chromium", "fonts-dejavu-core")
HOW_TO_GET = (
    f"no Chromium; type: sudo apt-get install {' '.join(PACKAGES)} "
    "(elsewhere: install Chrome, or set CHROMIUM to the path of one)"
)


def find() -> str | None:
    names = [os.environ.get("CHROMIUM", ""), *NAMES, MAC]
    return next((path for path in map(shutil.which, names) if path), None)


def install():
    """As root on Debian: fetch Chromium and a font. Where that fails, the tests say so."""
    if find() or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print("Installing Chromium ...", flush=True)
    for words in ("update", f"install -y --no-install-recommends {' '.join(PACKAGES)}"):
        subprocess.call(
            ["apt-get", "-qq", *words.split()],
            env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
