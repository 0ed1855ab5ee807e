"""The settings, and the only place that reads the environment. Those of the sign-in that are the
same everywhere are in kapsite/accounts/authentication/sign_in_settings.py.

docs/operating.md lists the variables. A missing or unsafe value stops the process with
its name and what to do; all problems are reported at once.
"""

import os
import re
from importlib.util import find_spec
from pathlib import Path

import environ

from kapsite.accounts.authentication.sign_in_settings import *  # noqa: F403
from kapsite.database.config import connection_problem, database_config, sqlite
from kapsite.operations.environment import (
    is_email,
    is_network,
    load,
    parse_recipients,
    parse_sender,
    problems,
    read,
    read_bool,
    read_list,
    read_named_numbers,
    read_number,
    read_parsed,
    require,
    require_keys,
    stop_if_wrong,
)

BASE_DIR = Path(__file__).resolve().parent.parent
ENV_FILE = BASE_DIR / os.environ.get("ENV_FILE", ".env")
load(ENV_FILE)

DEBUG = read_bool("DEBUG")

# Keys
SECRET_KEY = read("SECRET_KEY")
FIELD_KEYS = read_list("FIELD_KEYS")
require_keys(SECRET_KEY, FIELD_KEYS)

# Address: hosts, cookies, HTTPS and HSTS follow from SITE_URL
SITE_URL = read("SITE_URL", "http://localhost:8000").rstrip("/")
_parts = re.fullmatch(r"(https?)://([a-z0-9][a-z0-9.-]*)(:[0-9]{1,5})?", SITE_URL)
SITE_HOST = _parts[2] if _parts else "localhost"
SECURE = SITE_URL.startswith("https://")
LOCAL = SITE_HOST in {"localhost", "127.0.0.1"}
if not _parts:
    problems.append(f"SITE_URL is {SITE_URL!r}. Write it like https://kap.example.org, no path.")
elif not SECURE and not LOCAL:
    problems.append(f"SITE_URL is {SITE_URL!r}. Only localhost may use http; write https://…")
if DEBUG and SECURE:
    problems.append("DEBUG is true on a public address. Remove DEBUG, or use a localhost SITE_URL.")

# Redirected to SITE_URL
EXTRA_HOSTS = read_list(
    "EXTRA_HOSTS",
    lambda host: re.fullmatch(r"[a-z0-9][a-z0-9.-]*", host) and host != SITE_HOST,
    "is not another host than that of SITE_URL. "
    "Write names only, in lower case, like www.kap.example.org.",
)
ALLOWED_HOSTS = [SITE_HOST, *(["127.0.0.1", "localhost"] if LOCAL else [])]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_REDIRECT_EXEMPT = ["^healthz$"]  # asked on the machine itself, without TLS
# How long browsers refuse to come without HTTPS. It can't be taken back, so it begins short.
HSTS_SECONDS = read_number(
    "HSTS_SECONDS",
    300,
    range(63_072_001),
    "Write a number of seconds, up to two years: 300, then 86400, then 31536000.",
)
HSTS_SUBDOMAINS = read_bool("HSTS_SUBDOMAINS")
SECURE_HSTS_SECONDS = HSTS_SECONDS if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE and HSTS_SUBDOMAINS
# W005 and W021, HSTS for subdomains and preload: the domain's owner has not asked for it
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

TRUSTED_PROXIES = read_list(
    "TRUSTED_PROXIES",
    lambda entry: entry == "unix" or is_network(entry),
    "is not an address. Write for example 127.0.0.1, 10.0.0.0/24, or unix for a proxy that "
    "connects through a socket file.",
)
# Who reads at /healthz what is wrong; everyone else hears yes or no.
HEALTH_ADDRESSES = read_list(
    "HEALTH_ADDRESSES",
    is_network,
    "is not an address. Write for example 192.0.2.7 or 10.0.0.0/24.",
) or ["127.0.0.1", "::1"]

ADMIN_PATH = read("ADMIN_PATH", "admin/").strip("/") + "/"
if not re.fullmatch(r"([a-z0-9-]+/)+", ADMIN_PATH):
    problems.append(
        f"ADMIN_PATH is {ADMIN_PATH!r}. Use lower-case letters, digits and hyphens, like staff/."
    )
elif ADMIN_PATH.startswith(("static/", "request-evaluation/")):
    problems.append(f"ADMIN_PATH is {ADMIN_PATH!r}, which the site itself uses. Take another one.")

# Files that the site writes
VAR_DIR = BASE_DIR / Path(read("VAR_DIR", "var")).expanduser()
require(
    not BASE_DIR.is_relative_to(VAR_DIR.resolve()),
    "VAR_DIR holds the code. Name a folder for what the site writes, like var.",
)
PUBLISHED_DIR = VAR_DIR / "published"

# Database
DATABASES = {
    "default": read_parsed(
        "DATABASE_URL",
        "",
        lambda url: database_config(url, BASE_DIR) if url else sqlite(VAR_DIR / "db.sqlite3"),
        "Write sqlite:///var/db.sqlite3 or postgres://user:password@host/name; "
        "percent-encode special characters in the path or the password.",
    )
}
if problem := connection_problem(DATABASES["default"]):
    problems.append(f"DATABASE_URL: {problem}")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Backups
BACKUP_DIR = BASE_DIR / Path(read("BACKUP_DIR", str(VAR_DIR / "backups"))).expanduser()
BACKUP_RECIPIENTS = read_parsed(
    "BACKUP_RECIPIENTS",
    "",
    parse_recipients,
    "Write the public key that manage.py make_backup_key printed, like age1…; several are "
    "separated by commas.",
)
BACKUPS_KEPT = read_number("BACKUPS_KEPT", 14)

# Mail
vars().update(
    read_parsed(
        "EMAIL_URL",
        "consolemail://",
        environ.Env.email_url_config,
        "Write smtp+tls://user:password@host:587, or consolemail:// to print notices.",
    )
)
EMAIL_TIMEOUT = 10  # seconds
NOTIFY_EMAILS = read_list("NOTIFY_EMAILS", is_email, "is not an email address.")
# Of the operator
ALERT_EMAILS = read_list("ALERT_EMAILS", is_email, "is not an email address.") or NOTIFY_EMAILS
DEFAULT_FROM_EMAIL = SERVER_EMAIL = read_parsed(
    "MAIL_FROM",
    f"no-reply@{SITE_HOST}",
    parse_sender,
    "Write desk@example.org, or Front desk <desk@example.org>.",
)

# How many days a request is kept once it is closed, by its outcome; spam from the day it was
# marked. docs/operating.md gives the reasons.
RETENTION_DAYS = read_named_numbers(
    "RETENTION_DAYS",
    {
        "evaluated": 90,
        "declined": 180,
        "unsuitable": 365,
        "referred": 180,
        "unreached": 90,
        "duplicate": 30,
        "spam": 14,
    },
    most=36_500,
    fix="Write outcomes with 1 to 36500 days, like evaluated=2555,spam=14. The outcomes are",
)

# How many requests may come within an hour, from one network and in total, before further ones
# count as a flood; and how many are stored at most. docs/operating.md gives the reasons.
HOURLY_LIMITS = read_named_numbers(
    "HOURLY_LIMITS",
    {"network": 30, "network_most": 100, "total": 120, "total_most": 2_000},
    most=1_000_000,
    fix="Write names with numbers, like total=500,total_most=5000. The names are",
)

# Server: read by gunicorn.conf.py
PORT = read_number("PORT", 8000)
WEB_CONCURRENCY = read_number("WEB_CONCURRENCY", 2)
WORKER_CLASS = read("WORKER_CLASS", "gevent")
require(
    WORKER_CLASS in {"gevent", "gthread"},
    f"WORKER_CLASS is {WORKER_CLASS!r}. Write gevent, or gthread behind a buffering proxy.",
)
FORM_BYTES = 65_536  # 2,000 emoji in a message are 24,000
# Of a page in "Edit site", far more than it may have, so that what was pasted can be given back.
DATA_UPLOAD_MAX_MEMORY_SIZE = 4_000_000
LARGEST_UPLOAD = 15_000_000  # bytes; of an image that an editor adds, with its form
DATA_UPLOAD_MAX_NUMBER_FILES = 1
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_200  # a hundred crisis lines in "Edit site" are 1,100

# Content and static files
CONTENT_DIR = BASE_DIR / Path(read("CONTENT_DIR", "content")).expanduser()
require(
    CONTENT_DIR.name == "content"
    and not CONTENT_DIR.resolve().is_relative_to(PUBLISHED_DIR.resolve()),
    "CONTENT_DIR: call the folder content, like /var/lib/kapsite/content: sign-offs are recorded "
    "under that name. It can't be among what the site publishes.",
)
# Where the running site reads facts and word lists: with all else, as they were published
FACTS_DIR = CONTENT_DIR if DEBUG else PUBLISHED_DIR / "current/_facts"
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "kapsite.pages.publish.static_storage.HashedFiles"
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# Application
ROOT_URLCONF = "kapsite.urls"
WSGI_APPLICATION = "kapsite.wsgi.application"
INSTALLED_APPS = [
    "kapsite.pages",
    "kapsite.operations.alerts",
    "kapsite.inquiries",
    "kapsite.editor",
    "kapsite.operations.machines",
    "kapsite.security",
    "kapsite.operations",  # before Django's commands that it refuses
    "kapsite.accounts.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "kapsite.accounts.apps.AccountsConfig",  # last: it takes the admin pages of those above away
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "kapsite.clinic.days.clinic_time",
    "kapsite.accounts.authentication.cross_site.CrossSiteRequests",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "kapsite.accounts.authentication.middleware.StaffSessions",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "kapsite.security.middleware.BadAdminInput",
    "kapsite.inquiries.desk.middleware.LogRefusals",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kapsite.clinic.facts.clinic",
                "kapsite.pages.context_processors.published_menus",
            ]
        },
    }
]
if DEBUG and find_spec("django_browser_reload"):  # `make dev`; not among the site's own packages
    INSTALLED_APPS += ["django_browser_reload"]
    MIDDLEWARE += ["django_browser_reload.middleware.BrowserReloadMiddleware"]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
USE_I18N = False
TIME_ZONE = "UTC"  # of the process; people read times in the clinic's: see kapsite.clinic.days

# Cookies of the staff: their lifetimes are among the settings of the sign-in. Browsers accept a
# __Host- cookie only over https and for the whole host, so that no other path or subdomain can
# plant one. Readers still send and get none: the guard takes cookies off every request that is
# not for the admin. Plain http (localhost) knows no __Host-.
COOKIE_PREFIX, COOKIE_PATH = ("__Host-", "/") if SECURE else ("", f"/{ADMIN_PATH}")
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
PASSKEY_COOKIE_NAME = f"{COOKIE_PREFIX}passkey"  # other cookies never reach the admin
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = COOKIE_PATH

# Logs go to standard error and hold no personal data. What was refused (4xx) is in the access log.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "private": {
            "()": "logging.Formatter" if DEBUG else "kapsite.security.logs.PrivateFormatter",
            "format": "[%(asctime)s] [%(levelname)s] %(name)s: %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "private"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": []},
        "django.request": {"level": "WARNING" if DEBUG else "ERROR"},
        "fido2": {"level": "WARNING"},  # it tells which passkey signed in
        "django.security": {"level": "CRITICAL"},  # it quotes forged hosts and field values
    },
}

stop_if_wrong()
