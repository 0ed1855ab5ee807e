"""The site's database and server, and nothing else of it."""

from kapsite.settings import *  # noqa: F403

MIDDLEWARE = []
ROOT_URLCONF = "tests.bench.bare_insert"
