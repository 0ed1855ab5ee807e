"""Production settings with a test environment; never reads .env."""

import os
import secrets

os.environ.update(
    ENV_FILE="/nonexistent/.env",
    SITE_URL="http://localhost:8000",
    SECRET_KEY=secrets.token_urlsafe(50),
    FIELD_KEYS=secrets.token_urlsafe(32),
)
os.environ.setdefault("DATABASE_URL", "sqlite:///:memory:")

from kapsite.settings import *  # noqa: E402, F403
