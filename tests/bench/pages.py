"""What a published page costs, as a share of what gunicorn can serve at all.

    python -m tests.bench.pages

A bare application answers with the same bytes and headers and does nothing else. Both run
with the site's gunicorn settings and one worker, in turns, so that they share the machine's
moods. Wants wrk.
"""

import json
import os
import tempfile
from pathlib import Path
from statistics import median
from urllib.request import Request, urlopen

from tests.bench.serving import gunicorn, requests_per_second
from tests.server import site

PATH = "/risks/"
ACCEPT = "Accept-Encoding: br"
ROUNDS = 7
BY_THE_SERVER = {"date", "connection", "transfer-encoding"}


def bare(environ, start_response, answer=[]):  # noqa: B006 -- read once, kept
    """As little as an application can do."""
    if not answer:
        file = Path(os.environ["BENCH_ANSWER"])
        answer += [json.loads(file.read_text()), file.with_suffix(".body").read_bytes()]
    start_response("200 OK", [(name, value) for name, value in answer[0]])
    return [answer[1]]


def main():
    with tempfile.TemporaryDirectory() as folder, site(WEB_CONCURRENCY="1") as server:
        ours = f"http://localhost:{server.port}{PATH}"
        file = Path(folder) / "answer.json"
        with urlopen(Request(ours, headers=dict([ACCEPT.split(": ")]))) as answer:
            headers = [each for each in answer.getheaders() if each[0].lower() not in BY_THE_SERVER]
            body = answer.read()
        file.write_text(json.dumps(headers))
        file.with_suffix(".body").write_bytes(body)
        with gunicorn("tests.bench.pages:bare", BENCH_ANSWER=str(file)) as floor:
            share = compare(floor + PATH, ours)
    print(f"{PATH}, {len(body)} bytes: {share:.2f} of bare gunicorn (median of {ROUNDS})")


def compare(floor: str, ours: str) -> float:
    """The median share, printing each round."""
    for address in (floor, ours):  # once to warm up
        requests_per_second(address, ACCEPT, seconds=1)
    shares = []
    for _ in range(ROUNDS):
        most, rate = requests_per_second(floor, ACCEPT), requests_per_second(ours, ACCEPT)
        shares.append(rate / most)
        print(f"  bare {most:7.0f}/s   site {rate:7.0f}/s   share {rate / most:.2f}")
    return median(shares)


if __name__ == "__main__":
    main()
