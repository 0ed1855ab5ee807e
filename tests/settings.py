"""Production settings with a test environment; never reads .env."""

import atexit
import os
import secrets
import shutil
import tempfile


def temporary_folder():
    folder = tempfile.mkdtemp(prefix="kapsite-tests-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


VAR = temporary_folder()
os.mkdir(os.path.join(VAR, "static"))
if "TESTS_SHARED_FOLDER" not in os.environ:  # the processes of a parallel run inherit it
    # Outside of VAR, in which the code that is tested makes files private.
    os.environ["TESTS_SHARED_FOLDER"] = temporary_folder()

for name in (
    "ADMIN_PATH",
    "DEBUG",
    "EMAIL_URL",
    "MAIL_FROM",
    "NOTIFY_EMAILS",
    "PORT",
    "TRUSTED_PROXIES",
):
    os.environ.pop(name, None)
os.environ.update(
    ENV_FILE=os.devnull,
    VAR_DIR=VAR,
    SITE_URL="http://localhost:8000",
    SECRET_KEY=secrets.token_urlsafe(50),
    FIELD_KEYS=secrets.token_urlsafe(32),
)
os.environ.setdefault("DATABASE_URL", "sqlite:///:memory:")

from kapsite.settings import *  # noqa: E402, F403

# Naming and compressing the static files takes seconds; tests/server.py does it for a whole site.
STORAGES["staticfiles"]["BACKEND"] = "kapsite.pages.publish.static_storage.BundledFiles"  # noqa: F405
FACTS_DIR = CONTENT_DIR  # noqa: F405 -- whatever other tests have published
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick on purpose
