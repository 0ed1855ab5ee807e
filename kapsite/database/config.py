"""DATABASE_URL -> what Django wants to know about the database. Imports no Django."""

from pathlib import Path
from urllib.parse import parse_qsl, unquote

import environ

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
    # No jit: without samples of the digests, PostgreSQL expects many rows of each, and compiles a
    # plan for 200 to 400 ms, which then runs for one.
    # Rows cost as on an SSD or in memory: else it reads long ranges to save a few jumps. No
    # parallel workers: they read far beyond the page that is asked for, and cores are few.
    "options": "-c statement_timeout=5s -c idle_in_transaction_session_timeout=20s -c jit=off "
    "-c random_page_cost=1.1 -c max_parallel_workers_per_gather=0",
    # A server whose machine is gone is noticed after 10 seconds.
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 1,
    "tcp_user_timeout": 10_000,  # milliseconds
}
# Seconds. A server that was away is tried again with the next request, not ever more rarely.
POOL = {"min_size": 1, "max_size": 10, "timeout": 2, "reconnect_timeout": 5, "max_idle": 60}
ON_THIS_MACHINE = {"", "localhost", "127.0.0.1", "::1"}


def sqlite(file: Path | str, **options) -> dict:
    name = str(file)
    return {"ENGINE": "kapsite.database.sqlite", "NAME": name, "OPTIONS": SQLITE | options}


def database_config(url: str, base_dir: Path) -> dict:
    """Django's settings for ``url``, with our own options; options in the URL win.

    Raises ValueError. In a path or password only "?", "/", "@" and "%" need percent-encoding: "+"
    and "#" stand for themselves, which django-environ takes for a space and for the end.
    """
    if url.startswith("sqlite:///"):
        path, _, query = url.removeprefix("sqlite:///").partition("?")
        pairs = parse_qsl(query, strict_parsing=True) if "?" in url else []
        options = {name: int(value) if value.isdigit() else value for name, value in pairs}
        if not path:
            raise ValueError(url)
        name = unquote(path, errors="strict")
        return sqlite(name if name == ":memory:" else base_dir / name, **options)
    if not url.startswith(("postgres://", "postgresql://")):
        raise ValueError(url)
    config = environ.Env.db_url_config(url.replace("#", "%23").replace("+", "%2B"))
    options = config.pop("OPTIONS", {})
    if not config["NAME"]:
        raise ValueError(url)
    return config | {
        "ENGINE": "kapsite.database.postgresql",
        "OPTIONS": POSTGRESQL | options | {"pool": POOL},
        "CONN_HEALTH_CHECKS": True,
    }


def connection_problem(database: dict) -> str:
    """What is unsafe about the way to a PostgreSQL server on another machine, and what to write.

    ``sslmode=require`` encrypts, but doesn't check that it is the right server that answers.
    """
    if "postgresql" not in database["ENGINE"]:
        return ""
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
