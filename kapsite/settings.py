"""Every setting, and the only place that reads the environment.

docs/operating.md lists the variables. A missing or unsafe value stops the process with
its name and what to do; all problems are reported at once.
"""

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

import environ

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(os.environ.get("ENV_FILE", BASE_DIR / ".env"))  # real variables win over the file

problems: list[str] = []


def required(name, fix):
    """The variable ``name``; when it is missing or empty, a problem with its ``fix``."""
    value = env.str(name, default="").strip()
    if not value:
        problems.append(f"{name} is not set. {fix}")
    return value


DEBUG = env.bool("DEBUG", default=False)

# Core
SECRET_KEY = required("SECRET_KEY", "Type `make serve` once, or copy .env.example to .env.")
if SECRET_KEY and len(SECRET_KEY) < 50:
    problems.append("SECRET_KEY is too short. Use at least 50 random characters.")
FIELD_KEYS = [
    key.strip()
    for key in required(
        "FIELD_KEYS", "Type `make serve` once, or see docs/operating.md, 'Keys'."
    ).split(",")
    if key.strip()
]

# Address: hosts, cookies, HTTPS and HSTS follow from SITE_URL
SITE_URL = env.str("SITE_URL", default="http://localhost:8000").rstrip("/")
_site = urlsplit(SITE_URL)
LOCAL = _site.hostname in {"localhost", "127.0.0.1"}
SECURE = _site.scheme == "https"
if not _site.hostname or _site.scheme not in {"http", "https"} or _site.path or _site.query:
    problems.append(f"SITE_URL is {SITE_URL!r}. Write it like https://kap.example.org, no path.")
elif not SECURE and not LOCAL:
    problems.append(f"SITE_URL is {SITE_URL!r}. Only localhost may use http; write https://…")

ALLOWED_HOSTS = [_site.hostname or ""] + (["127.0.0.1", "localhost"] if LOCAL else [])
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_REFERRER_POLICY = "same-origin"  # with no-referrer browsers send `Origin: null`
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])
ADMIN_PATH = env.str("ADMIN_PATH", default="admin/").strip("/") + "/"

# Database
DATABASES = {
    "default": env.db("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'var' / 'db.sqlite3'}")
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Mail
vars().update(env.email("EMAIL_URL", default="consolemail://"))
NOTIFY_EMAILS = env.list("NOTIFY_EMAILS", default=[])

# Files
CONTENT_DIR = BASE_DIR / "content"
VAR_DIR = BASE_DIR / "var"
PUBLISHED_DIR = VAR_DIR / "published"
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# Application
ROOT_URLCONF = "kapsite.urls"
WSGI_APPLICATION = "kapsite.wsgi.application"
INSTALLED_APPS = [
    "kapsite.pages",
    "kapsite.inquiries",
    "kapsite.security",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
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
                "kapsite.clinic.clinic",
            ]
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
LANGUAGE_CODE = "en-us"
USE_I18N = False
TIME_ZONE = "America/Los_Angeles"
USE_TZ = True

if problems:
    sys.exit("kapsite cannot start:\n" + "\n".join(f"  - {problem}" for problem in problems))
