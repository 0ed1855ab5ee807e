"""What a published page costs, as a share of what gunicorn can serve at all.

    python -m tests.bench.pages

The bare application answers with the same bytes and headers and does nothing else; both run
with the site's gunicorn settings and one worker, in turns, so that they share the machine's
moods. Wants a published set (`manage.py publish`) and wrk.
"""

from statistics import median

from django.conf import settings

from kapsite.pages.front import Front
from kapsite.security.headers import security_headers
from tests.bench.serving import gunicorn, requests_per_second
from tests.wsgi import ask

PATH = "/risks/"
ROUNDS = 5


def bare(environ, start_response):
    """As little as an application can do."""
    start_response("200 OK", HEADERS)
    return [BODY]


def one_answer():
    front = Front(None, settings.PUBLISHED_DIR)
    answer = ask(front, PATH, HTTP_ACCEPT_ENCODING="br")
    return [*answer.headers.items(), *security_headers(PATH)], answer.body


HEADERS, BODY = one_answer()


def main():
    accept = "Accept-Encoding: br"
    shares = []
    with gunicorn("tests.bench.pages:bare") as floor, gunicorn("kapsite.wsgi") as site:
        for address in (floor, site):  # once to warm up
            requests_per_second(address + PATH, accept, seconds=1)
        for _ in range(ROUNDS):
            most = requests_per_second(floor + PATH, accept)
            ours = requests_per_second(site + PATH, accept)
            shares.append(ours / most)
            print(f"  bare {most:7.0f}/s   site {ours:7.0f}/s   share {ours / most:.2f}")
    print(f"{PATH}, {len(BODY)} bytes: {median(shares):.2f} of bare gunicorn (median)")


if __name__ == "__main__":
    main()
