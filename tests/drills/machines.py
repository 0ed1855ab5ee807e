"""Two web machines, two database servers and nginx, each in a network namespace of its own.

Needs root. nginx uses the files in deploy/nginx; the database is copied to the second server while
it commits (synchronous replication).
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlencode

from tests.bench.memory import NEW_SESSION
from tests.deploy.nginx import HOST, nginx
from tests.drills.network import (
    NAMES,
    NETWORK,
    PORT,
    SECURE,
    Machine,
    databases,
    inside,
    ip,
    namespaces,
)
from tests.drills.places import OPTIONS, Cluster, lost
from tests.drills.row import Row, drill, in_seconds, seconds_until
from tests.drills.visitors import FORM, Visitors, ask, get, head, in_words
from tests.factories import make_answers
from tests.server import ROOT, manage

INSIDE = "KAPSITE_DRILL_INSIDE"


@drill
def two_machines() -> list[Row]:
    """In the namespace of nginx, where the visitors are too."""
    with namespaces():
        environment = os.environ | {INSIDE: "yes"}
        command = [*inside("front"), sys.executable, "-m", "tests.drills"]
        said = subprocess.run(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True
        )
    return [Row(*row) for row in json.loads(said.stdout.splitlines()[-1])]


def all_rows() -> list[Row]:
    rows: list[Row] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kapsite-machines-")))
        one, two = stack.enter_context(databases())
        hosts = f"{NETWORK}.{NAMES['db1']},{NETWORK}.{NAMES['db2']}"
        url = f"postgres://kapsite@{hosts}/postgres?target_session_attrs=read-write&sslmode=disable"
        shared = OPTIONS | {
            "PATH": os.environ["PATH"],
            "ENV_FILE": os.devnull,
            "DATABASE_URL": url,
            "SITE_URL": f"https://{HOST}",
            "FIELD_KEYS": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY",
            "TRUSTED_PROXIES": f"{NETWORK}.{NAMES['front']}",
        }
        machines = []
        for name in ("a", "b"):
            (folder / name).mkdir()
            machines.append(Machine(name, folder / name, shared))
            stack.callback(machines[-1].kill)
            machines[-1].start()
        a, b = machines
        (folder / "front").mkdir()
        front = stack.enter_context(nginx(folder / "front", PORT, folder / "a/var", both_upstreams))
        for step in (published, undone, signed_in, form_token, limits, machine_was_off):
            rows.append(step(a, b))
            print(rows[-1], file=sys.stderr, flush=True)
        for fault in (machine_killed, machine_unplugged):
            rows.append(fault(b, front, url))
            print(rows[-1], file=sys.stderr, flush=True)
        rows.append(failed_over(one, two, front, url))
        print(rows[-1], file=sys.stderr, flush=True)
    return rows


def both_upstreams(text: str) -> str:
    servers = " ".join(f"server {NETWORK}.{NAMES[name]}:{PORT};" for name in ("a", "b"))
    return text.replace(f"server 127.0.0.1:{PORT};", servers).replace(
        "set_real_ip_from 127.0.0.1", "set_real_ip_from 127.0.0.0/8"
    )


def published(a: Machine, b: Machine) -> Row:
    began = time.monotonic()
    a.publish("Call us if you have a question about this page.")
    took = seconds_until(lambda: a.has("Call us if you have a question about this page."))
    later = seconds_until(lambda: b.has("Call us if you have a question about this page."))
    whole = time.monotonic() - began
    content = b.folder / "content/risks.md"
    words = "Call us if you have a question about this page."
    followed = seconds_until(lambda: words in content.read_text())
    words = (
        f"on B {in_seconds(later)} after on A ({in_seconds(whole)} with making it); the text in "
        f"B's content {in_seconds(followed)} later"
    )
    return Row(
        "Published on A", f"the new page on A {in_seconds(took)} after the command", "-", words
    )


def undone(a: Machine, b: Machine) -> Row:
    manage("publish --undo", b.environment)
    took = [
        seconds_until(lambda m=m: not m.has("Call us if you have a question about this page."))
        for m in (b, a)
    ]
    return Row(
        "Undone on B",
        f"the page before on B after {in_seconds(took[0])}",
        "-",
        f"on A {in_seconds(took[1])} later",
    )


def signed_in(a: Machine, b: Machine) -> Row:
    environment = a.environment | {"DJANGO_SETTINGS_MODULE": "kapsite.settings"}
    command = [sys.executable, "-c", NEW_SESSION]
    cookie = subprocess.check_output(command, cwd=ROOT, env=environment, text=True).strip()
    inbox = "/admin/inquiries/inquiry/"
    found = [get(m.address, inbox, Cookie=cookie, **SECURE).status for m in (a, b)]
    without = get(b.address, inbox, **SECURE).status
    return Row(
        "Session made on A",
        f"the inbox on A {found[0]}, on B {found[1]}, without it {without}",
    )


def form_token(a: Machine, b: Machine) -> Row:
    opened = ask(a.address, head("GET", FORM, **SECURE).encode()).decode()
    token = re.search(r'name="token" value="([^"]+)"', opened)[1]
    body = urlencode(make_answers(token=token, name="On two"), doseq=True)
    kind = {"Content_Type": "application/x-www-form-urlencoded", "Content_Length": len(body)}
    raw = ask(b.address, (head("POST", FORM, **kind, **SECURE) + body).encode())
    place = re.search(rb"Location: (\S+)", raw)[1].decode()
    shown = get(a.address, place, **SECURE).status
    return Row(
        "Form opened on A, sent to B",
        f"B {raw[9:12].decode()}, its confirmation on A {shown}",
    )


def limits(a: Machine, b: Machine) -> Row:
    """Five wrong passwords lock a name, wherever they are typed."""
    statuses = [wrong_password(m) for m in (a, b, a, b, a)]
    last = wrong_password(b)
    return Row(
        "Wrong passwords on A, B, A, B, A",
        f"{statuses[-1]} each; the sixth, on B: {last}",
    )


def wrong_password(machine: Machine) -> str:
    path = "/admin/account/sign-in/"
    opened = ask(machine.address, head("GET", path, **SECURE).encode()).decode(errors="replace")
    cookie = re.search(r"(?m)^Set-Cookie: (\S*csrftoken=[^;]+)", opened)[1]
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', opened)[1]
    fields = {
        "csrfmiddlewaretoken": token,
        "login": "ana",
        "password": "wrong horse battery staple",
    }
    body = urlencode(fields)
    more = {
        "Content_Type": "application/x-www-form-urlencoded",
        "Content_Length": len(body),
        "Cookie": cookie,
        "Origin": f"https://{HOST}",
        "X_Forwarded_For": "203.0.113.7",
        "Sec_Fetch_Site": "same-origin",
    }
    raw = ask(machine.address, (head("POST", path, **more, **SECURE) + body).encode()).decode(
        errors="replace"
    )
    for words in ("Too many attempts", "Wrong username or password"):
        if words in raw:
            return words
    return raw[9:12]


def machine_was_off(a: Machine, b: Machine) -> Row:
    b.kill()
    a.publish("Call us if you have another question about it.")
    began = time.monotonic()
    b.start()
    seconds_until(lambda: b.has("Call us if you have another question about it."))
    took = time.monotonic() - began
    return Row(
        "B was off while A published",
        "on B the page from before until then",
        "-",
        f"{in_seconds(took)} after B started",
    )


def machine_killed(b: Machine, front, url: str) -> Row:
    with Visitors(front.connect, page="/risks/?fresh", host=HOST) as visitors:
        time.sleep(4)
        b.kill()
        killed = time.monotonic()
        time.sleep(12)
    b.start()
    return Row(
        "B killed while visitors come",
        in_words(visitors.answers),
        lost(visitors.stored(), url),
        f"the next form after {in_seconds(visitors.recovered_after(killed))}",
    )


def machine_unplugged(b: Machine, front, url: str) -> Row:
    with Visitors(front.connect, page="/risks/?fresh", host=HOST) as visitors:
        time.sleep(4)
        ip("-n kap-net link set dev b down")
        unplugged = time.monotonic()
        time.sleep(20)
        ip("-n kap-net link set dev b up")
        time.sleep(2)
    return Row(
        "B unplugged for 20 s",
        in_words(visitors.answers),
        lost(visitors.stored(), url),
        f"the next form after {in_seconds(visitors.recovered_after(unplugged))}",
    )


def failed_over(one: Cluster, two: Cluster, front, url: str) -> Row:
    with Visitors(front.connect, page="/risks/?fresh", host=HOST) as visitors:
        time.sleep(4)
        os.kill(one.main_process(), signal.SIGKILL)
        ip("-n kap-net link set dev db1 down")
        killed = time.monotonic()
        time.sleep(3)  # until somebody or something notices
        two.control("promote")
        promoted = time.monotonic()
        recovered = visitors.wait_for_form(promoted)
        time.sleep(3)
    gone = lost(visitors.stored(), url)
    whole = in_seconds(promoted + recovered - killed)
    words = f"a form {in_seconds(recovered)} after the replica took over, {whole} after the end"
    return Row("Database gone, its replica promoted", in_words(visitors.answers), gone, words)
