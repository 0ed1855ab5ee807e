"""Published pages and static files behind the documented nginx, beside a plain file in it.

    python -m tests.bench.proxied

Both over TLS, written to the same access log, with one worker; without the limits for each
network, since all the load comes from one. Wants nginx and wrk.
"""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from tests.bench.pages import BROTLI, PAGE, ROUNDS, STYLE
from tests.bench.serving import load
from tests.deploy.nginx import HOST, HOW_TO_GET, Nginx, find_nginx, nginx
from tests.server import site

PLAIN = "location /plain/ { root FOLDER; gzip off; }\n"


def main() -> Iterator[tuple[str, float]]:
    if not find_nginx():
        print(HOW_TO_GET)
        return
    options = {"SITE_URL": f"https://{HOST}", "TRUSTED_PROXIES": "127.0.0.1"}
    with tempfile.TemporaryDirectory() as name, site(**options) as server, ExitStack() as stack:
        folder = Path(name)

        def change(text: str) -> str:
            lines = [line for line in text.splitlines() if not line.startswith("limit_")]
            plain = PLAIN.replace("FOLDER", name) if "location / {" in text else ""
            return "\n".join([*lines, plain])

        running = stack.enter_context(nginx(folder, server.port, server.folder, change))
        style = STYLE.search(running.ask("GET", PAGE).page)[1].decode()
        for what, path in {"published page": PAGE, "static file": style}.items():
            yield f"{what}, share of a plain file", compare(what, path, running)


def compare(what: str, path: str, running: Nginx) -> float:
    body = running.ask("GET", path, Accept_Encoding="br").page
    file = running.folder / "plain" / f"{len(body)}.bin"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(body)
    shares = []
    for _ in range(ROUNDS):
        plain, ours = (rate(running, each) for each in (f"/plain/{file.name}", path))
        shares.append(ours / plain)
    print(
        f"{what:16} plain file {plain:6.0f}/s   site {ours:6.0f}/s   {median(shares):.2f}",
        flush=True,
    )
    return median(shares)


def rate(running: Nginx, path: str) -> float:
    return load(f"https://127.0.0.1:{running.tls}{path}", f"Host: {HOST}", BROTLI, seconds=1).rate
