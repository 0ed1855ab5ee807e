"""Django with its own admin and nothing of ours, for the benchmark of memory."""

from kapsite import settings as ours

SECRET_KEY = ours.SECRET_KEY
ALLOWED_HOSTS = ours.ALLOWED_HOSTS
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
ROOT_URLCONF = "tests.bench.bare_admin"
INSTALLED_APPS = [app for app in ours.INSTALLED_APPS if app.startswith("django.")]
INSTALLED_APPS += ["django.contrib.admin", "django.contrib.sessions"]
MIDDLEWARE = [layer for layer in ours.MIDDLEWARE if layer.startswith("django.")]
STATIC_URL = "static/"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
