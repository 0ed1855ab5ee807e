"""The site as it is, but for what happens with the form."""

from kapsite.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.bare_insert"
