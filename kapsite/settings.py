"""Every setting, and the only place that reads the environment.

docs/operating.md lists the variables. A missing or unsafe value stops the process with
its name and what to do; all problems are reported at once.
"""

import os
import re
import sys
from email.utils import formataddr, parseaddr
from importlib.util import find_spec
from ipaddress import ip_network
from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parent.parent
ENV_FILE = Path(os.environ.get("ENV_FILE", BASE_DIR / ".env"))
environ.Env.read_env(ENV_FILE)  # real variables win

problems: list[str] = []


def read(name, default=""):
    """The variable ``name``, or ``default`` when it is missing or empty.

    Not through ``environ.Env``: it takes a value that begins with "$" for another name.
    """
    return os.environ.get(name, "").strip() or default


def read_list(name):
    return [entry.strip() for entry in read(name).split(",") if entry.strip()]


def read_parsed(name, default, parse, fix):
    """``parse`` of the variable; a value it cannot read becomes a problem with its ``fix``."""
    try:
        return parse(read(name, default))
    except (ValueError, KeyError, TypeError, AttributeError, environ.ImproperlyConfigured):
        problems.append(f"{name} cannot be understood. {fix}")
        return parse(default)


def parse_bool(text):
    return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}[
        text.lower()
    ]


def parse_number(text):
    number = int(text)
    if not 1 <= number <= 65_535:
        raise ValueError(text)
    return number


DEBUG = read_parsed("DEBUG", "false", parse_bool, "Write true or false.")

# Keys
NEW_KEY = 'python3 -c "import secrets; print(secrets.token_urlsafe({}))"'
SECRET_KEY = read("SECRET_KEY")
if not SECRET_KEY:
    problems.append(f"SECRET_KEY is not set. Make one with: {NEW_KEY.format(50)}")
elif len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 10:
    problems.append(f"SECRET_KEY is too easy to guess. Make one with: {NEW_KEY.format(50)}")
FIELD_KEYS = read_list("FIELD_KEYS")
if not FIELD_KEYS:
    problems.append(f"FIELD_KEYS is not set. Make a key with: {NEW_KEY.format(32)}")
for place, key in enumerate(FIELD_KEYS, start=1):
    if not re.fullmatch(r"[A-Za-z0-9_-]{43}=?", key) or len(set(key)) < 10:
        problems.append(
            f"FIELD_KEYS: key {place} is not 32 random bytes in URL-safe base64. "
            f"Make one with: {NEW_KEY.format(32)}"
        )
if SECRET_KEY in FIELD_KEYS:
    problems.append("FIELD_KEYS repeats SECRET_KEY. Each key needs a value of its own.")

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

ALLOWED_HOSTS = [SITE_HOST, *(["127.0.0.1", "localhost"] if LOCAL else [])]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SECURE_REDIRECT_EXEMPT = ["^healthz$"]  # asked on the machine itself, without TLS
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_REFERRER_POLICY = "same-origin"  # with no-referrer browsers send `Origin: null`
# W021, preload: the domain's owner has not asked for it
SILENCED_SYSTEM_CHECKS = ["security.W021"]

TRUSTED_PROXIES = read_list("TRUSTED_PROXIES")
for entry in TRUSTED_PROXIES:
    try:
        entry == "unix" or ip_network(entry)
    except ValueError:
        problems.append(
            f"TRUSTED_PROXIES: {entry!r} is not an address. Write for example 127.0.0.1, "
            "10.0.0.0/24, or unix for a proxy that connects through a socket file."
        )

ADMIN_PATH = read("ADMIN_PATH", "admin/").strip("/") + "/"
if not re.fullmatch(r"([a-z0-9-]+/)+", ADMIN_PATH):
    problems.append(
        f"ADMIN_PATH is {ADMIN_PATH!r}. Use lower-case letters, digits and hyphens, like staff/."
    )
elif ADMIN_PATH.startswith(("static/", "request-evaluation/")):
    problems.append(f"ADMIN_PATH is {ADMIN_PATH!r}, which the site itself uses. Take another one.")

# Files that the site writes
VAR_DIR = BASE_DIR / read("VAR_DIR", "var")
if BASE_DIR.is_relative_to(VAR_DIR.resolve()):
    problems.append("VAR_DIR holds the code. Name a folder for what the site writes, like var.")
PUBLISHED_DIR = VAR_DIR / "published"

# Database
SQLITE = {
    "transaction_mode": "IMMEDIATE",  # take the write lock first: no lost read-then-write
    "timeout": 5,  # seconds to wait for another writer
    # FULL: an inquiry that was confirmed survives a power cut; NORMAL may lose it.
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; "
        "PRAGMA trusted_schema=OFF;"
    ),
}
POSTGRESQL = {
    "connect_timeout": 2,  # seconds
    "options": "-c statement_timeout=5s -c idle_in_transaction_session_timeout=20s",
    # A server whose machine is gone is noticed after 10 seconds.
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 1,
    "tcp_user_timeout": 10_000,  # milliseconds
}
# Seconds. A server that was away is tried again with the next request, not ever more rarely.
POOL = {"min_size": 1, "max_size": 10, "timeout": 2, "reconnect_timeout": 5, "max_idle": 60}


def parse_database(url):
    """Django's settings for ``url``, with our own options; options in the URL win."""
    if not url.startswith(("sqlite:///", "postgres://", "postgresql://")):
        raise ValueError
    config = environ.Env.db_url_config(url)
    options = config.pop("OPTIONS", {})
    if not config["NAME"]:
        raise ValueError
    if url.startswith("sqlite"):
        if config["NAME"] != ":memory:":
            config["NAME"] = str(BASE_DIR / config["NAME"])
        return config | {"ENGINE": "kapsite.database.sqlite", "OPTIONS": SQLITE | options}
    return config | {
        "ENGINE": "kapsite.database.postgresql",
        "OPTIONS": POSTGRESQL | options | {"pool": POOL},
        "CONN_HEALTH_CHECKS": True,
    }


DATABASES = {
    "default": read_parsed(
        "DATABASE_URL",
        f"sqlite:///{VAR_DIR / 'db.sqlite3'}",
        parse_database,
        "Write sqlite:///var/db.sqlite3 or postgres://user:password@host/name; "
        "percent-encode special characters in the password.",
    )
}


def connection_problem(database):
    """What is unsafe about the way to a PostgreSQL server on another machine, and what to write.

    ``sslmode=require`` encrypts, but for whoever answers in place of the server.
    """
    options = database["OPTIONS"]
    hosts = f"{options.get('host') or database['HOST']},{options.get('hostaddr', '')}".split(",")
    mode, authority = options.get("sslmode", "prefer"), options.get("sslrootcert", "")
    if mode in {"verify-full", "verify-ca"}:
        if authority == "system" or Path(authority).is_file():
            return ""
        return "sslrootcert names no file. Write sslrootcert=/path/to/ca.pem, or =system."
    if mode == "disable" or all(host in ON_THIS_MACHINE or host[0] == "/" for host in hosts):
        return ""
    return (
        "the server is not verified, so its connection could be read or taken over. Add "
        "?sslmode=verify-full&sslrootcert=/path/to/ca.pem (or =system, for a certificate of a "
        "public authority), or ?sslmode=disable where a VPN or the like protects it already."
    )


ON_THIS_MACHINE = {"", "localhost", "127.0.0.1", "::1"}
_database = DATABASES["default"]
if "postgresql" in _database["ENGINE"] and (problem := connection_problem(_database)):
    problems.append(f"DATABASE_URL: {problem}")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

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
NOTIFY_EMAILS = read_list("NOTIFY_EMAILS")
for address in NOTIFY_EMAILS:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
        problems.append(f"NOTIFY_EMAILS: {address!r} is not an e-mail address.")


def parse_sender(text):
    name, address = parseaddr(text)
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", address):
        raise ValueError(text)
    return formataddr((name, address))


DEFAULT_FROM_EMAIL = SERVER_EMAIL = read_parsed(
    "MAIL_FROM",
    f"no-reply@{SITE_HOST}",
    parse_sender,
    "Write desk@example.org, or Front desk <desk@example.org>.",
)

# How many days a request is kept once it is closed, by its outcome; spam from the day it was
# marked. docs/operating.md gives the reasons.
RETENTION_DAYS = {
    "evaluated": 90,
    "declined": 180,
    "unsuitable": 365,
    "referred": 180,
    "unreached": 90,
    "duplicate": 30,
    "spam": 14,
}


def parse_numbers(text, defaults, most):
    """ "evaluated=2555,spam=14" as numbers by name; those not named keep their default."""
    pairs = [entry.partition("=")[::2] for entry in text.split(",") if entry.strip()]
    numbers = {name.strip(): int(number) for name, number in pairs}
    if len(numbers) < len(pairs) or not numbers.keys() <= defaults.keys():
        raise ValueError(text)
    if not all(1 <= number <= most for number in numbers.values()):
        raise ValueError(text)
    return defaults | numbers


RETENTION_DAYS = read_parsed(
    "RETENTION_DAYS",
    "",
    lambda text: parse_numbers(text, RETENTION_DAYS, 36_500),
    "Write outcomes with 1 to 36500 days, like evaluated=2555,spam=14. "
    f"The outcomes are {', '.join(RETENTION_DAYS)}.",
)

# How many requests may come within an hour, from one network and in total, before further ones
# count as a flood; and how many are stored at most. docs/operating.md gives the reasons.
HOURLY_LIMITS = {"network": 30, "network_most": 100, "total": 120, "total_most": 2_000}
HOURLY_LIMITS = read_parsed(
    "HOURLY_LIMITS",
    "",
    lambda text: parse_numbers(text, HOURLY_LIMITS, 1_000_000),
    "Write names with numbers, like total=500,total_most=5000. "
    f"The names are {', '.join(HOURLY_LIMITS)}.",
)

# Server: read by gunicorn.conf.py
PORT = read_parsed("PORT", "8000", parse_number, "Write a number, like 8000.")
WEB_CONCURRENCY = read_parsed("WEB_CONCURRENCY", "2", parse_number, "Write a number, like 2.")
WORKER_CLASS = read("WORKER_CLASS", "gevent")
if WORKER_CLASS not in {"gevent", "gthread"}:
    problems.append(
        f"WORKER_CLASS is {WORKER_CLASS!r}. Write gevent, or gthread behind a buffering proxy."
    )
DATA_UPLOAD_MAX_MEMORY_SIZE = 65_536  # bytes; 2,000 emoji in a message are 24,000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200  # the longest form, that of an export, has about 30

# Content and static files
CONTENT_DIR = BASE_DIR / "content"
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "kapsite.staticfiles.HashedFiles"
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

# Application
ROOT_URLCONF = "kapsite.urls"
WSGI_APPLICATION = "kapsite.wsgi.application"
INSTALLED_APPS = [
    "kapsite.pages",
    "kapsite.alerts",
    "kapsite.inquiries",
    "kapsite.security",
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
    "kapsite.accounts.authentication.cross_site.FromOtherSites",
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
LANGUAGE_CODE = "en-us"
USE_I18N = False
TIME_ZONE = "America/Los_Angeles"
USE_TZ = True

# Staff sign-in. Browsers accept a __Host- cookie only over https and for the whole host, so that
# no other path or subdomain can plant one. Readers still send and get none: the guard takes
# cookies off every request that is not for the admin. Plain http (localhost) knows no __Host-.
COOKIE_PREFIX, COOKIE_PATH = ("__Host-", "/") if SECURE else ("", f"/{ADMIN_PATH}")
SESSION_ENGINE = "kapsite.accounts.authentication.session_store"
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
PASSKEY_COOKIE_NAME = f"{COOKIE_PREFIX}passkey"  # other cookies never reach the admin
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = COOKIE_PATH
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 12 * 3600  # seconds: a working day, however busy
SESSION_IDLE_SECONDS = 15 * 60
CSRF_COOKIE_AGE = None  # gone with the browser
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "kapsite.security.views.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
LOGIN_URL, LOGIN_REDIRECT_URL = "account_login", "admin:index"
AUTHENTICATION_BACKENDS = ["kapsite.accounts.authentication.backends.StaffBackend"]
PASSWORD_HASHERS = [
    "kapsite.accounts.authentication.hashers.Argon2id",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",  # of accounts from before
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in {
        "UserAttributeSimilarityValidator": {},
        "MinimumLengthValidator": {"min_length": 15},  # NIST SP 800-63B-4, section 3.1.1.2
        "CommonPasswordValidator": {},
        "NumericPasswordValidator": {},
    }.items()
] + [{"NAME": "kapsite.accounts.authentication.passwords.PatternValidator"}]
PASSWORD_RESET_TIMEOUT = 48 * 3600  # seconds; of setup links, which are Django's reset tokens
# What limits count is shared by all workers.
CACHES = {
    "default": {
        "BACKEND": "kapsite.accounts.authentication.cache.JsonCache",
        "OPTIONS": {"MAX_ENTRIES": 50_000},
    }
}
ACCOUNT_ADAPTER = "kapsite.accounts.authentication.adapter.StaffAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]  # decides that the sign-in has a password
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "accounts:signed_out"
ACCOUNT_FORMS = {
    "login": "kapsite.accounts.authentication.forms.SignInForm",
    "change_password": "kapsite.accounts.authentication.forms.NewPasswordForm",
    "reauthenticate": "kapsite.accounts.authentication.forms.PasswordAgainForm",
}
ACCOUNT_RATE_LIMITS = {
    "login": "60/15m/ip",
    "name_here": "5/15m/key",
    "name": "20/15m/key",
    "login_failed": "60/15m/ip,5/15m/key",  # of the second step: the password was right
}
MFA_ADAPTER = "kapsite.accounts.authentication.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Always, not only when it signs in alone: a challenge of a second step can be answered there too.
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_TOTP_TOLERANCE = 1  # steps of 30 seconds, before and after
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_FORMS = {
    "authenticate": "kapsite.accounts.authentication.forms.CodeForm",
    "reauthenticate": "kapsite.accounts.authentication.forms.CodeAgainForm",
    "activate_totp": "kapsite.accounts.authentication.forms.FirstCodeForm",
    "add_webauthn": "kapsite.accounts.authentication.forms.PasskeyForm",
    "edit_webauthn": "kapsite.accounts.authentication.forms.PasskeyNameForm",
    "login_webauthn": "kapsite.accounts.authentication.forms.PasskeySignInForm",
    "authenticate_webauthn": "kapsite.accounts.authentication.forms.PasskeyStepForm",
    "reauthenticate_webauthn": "kapsite.accounts.authentication.forms.PasskeyAgainForm",
}

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

if problems:
    sys.exit("kapsite cannot start:\n" + "\n".join(f"  - {problem}" for problem in problems))
