"""The entry point for gunicorn: Guard(KnownHealth(PageServer(WhiteNoise(Limits(Django)))))."""

import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kapsite.settings")
django = get_wsgi_application()  # before the imports below: they need the settings

from django.conf import settings  # noqa: E402
from whitenoise import WhiteNoise  # noqa: E402

from kapsite.inquiries.intake.tokens import new_token_field  # noqa: E402
from kapsite.inquiries.triage.triage import read_word_lists  # noqa: E402
from kapsite.operations.views import KnownHealth  # noqa: E402
from kapsite.pages.publish.serving.server import PageServer  # noqa: E402
from kapsite.pages.publish.static_storage import HASHED  # noqa: E402
from kapsite.security.wsgi.guard import Guard  # noqa: E402
from kapsite.security.wsgi.rate_limits import Limits  # noqa: E402


def published_site():
    static = WhiteNoise(
        Limits(django),
        root=settings.STATIC_ROOT,
        prefix=settings.STATIC_URL,
        max_age=3600,
        immutable_file_test=lambda path, url: bool(HASHED(url)),
        allow_all_origins=False,
    )
    pages = PageServer(static, settings.PUBLISHED_DIR, token_field=new_token_field)
    return KnownHealth(pages)


# Before the workers are forked, so that they share it: words of danger and spam, and all views.
read_word_lists()
import_module(settings.ROOT_URLCONF)
# `make dev` renders pages as they are now, and finds static files where they are written.
application = Guard(django if settings.DEBUG else published_site())
