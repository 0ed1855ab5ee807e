"""deploy/caddy/Caddyfile in the real Caddy, in front of a small server that shows what arrives."""

import json
import shutil
import socket
import ssl
import subprocess
import threading
from http.client import HTTPConnection, HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.deploy.nginx import HOST, ROOT, make_certificate
from tests.mailserver import free_port
from tests.waiting import until

FILE = ROOT / "deploy" / "caddy" / "Caddyfile"
TOKEN = "canary-token-3141592653"


class Echo(BaseHTTPRequestHandler):
    """Answers with the headers that came."""

    def do_GET(self):
        body = json.dumps({name.lower(): value for name, value in self.headers.items()}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def upstream():
    with ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


class Caddy:
    def __init__(self, folder, upstream):
        self.folder, self.plain, self.tls = folder, free_port(), free_port()
        make_certificate(folder)
        errors = folder / "published/current/_errors"
        errors.mkdir(parents=True)
        (errors / "503.html").write_text("our page")
        changes = {
            "\tadmin off": f"\tadmin off\n\thttp_port {self.plain}\n\thttps_port {self.tls}",
            f"{HOST} {{": f"{HOST} {{\n\ttls {folder}/cert.pem {folder}/key.pem\n\tbind 127.0.0.1",
            "127.0.0.1:8000": f"127.0.0.1:{upstream}",
            "/var/lib/kapsite": str(folder),
        }
        text = FILE.read_text()
        for old, new in changes.items():
            assert old in text
            text = text.replace(old, new)
        (folder / "Caddyfile").write_text(text)
        places = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
        self.said = (folder / "log").open("w")
        command = [shutil.which("caddy"), "run", "--config", folder / "Caddyfile"]
        self.process = subprocess.Popen(command, env=places, stdout=self.said, stderr=self.said)
        until(self.answers)

    def answers(self) -> bool:
        assert self.process.poll() is None, (self.folder / "log").read_text()
        with socket.socket() as tried:
            return tried.connect_ex(("127.0.0.1", self.tls)) == 0

    def stop(self):
        self.process.terminate()
        self.process.wait(120)
        self.said.close()

    def ask(self, path="/", tls=True, **headers):
        context = ssl.create_default_context(cafile=self.folder / "cert.pem")
        connection = HTTPConnection("127.0.0.1", self.plain, timeout=60)
        if tls:
            connection = HTTPSConnection("127.0.0.1", self.tls, timeout=60)
            plain = socket.create_connection(("127.0.0.1", self.tls), timeout=60)
            connection.sock = context.wrap_socket(plain, server_hostname=HOST)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", path, headers={"Host": HOST} | names)
        answer = connection.getresponse()
        answer.page = answer.read()
        connection.close()
        return answer


@pytest.fixture
def caddy(tmp_path):
    if not shutil.which("caddy"):
        pytest.skip("caddy is not on this machine. Type: sudo apt-get install caddy")
    started = []

    def start(upstream):
        started.append(Caddy(tmp_path, upstream))
        return started[-1]

    yield start
    for each in started:
        each.stop()


def test_the_site_hears_who_asked_and_nothing_that_was_forged(caddy, upstream):
    forged = {
        "X_Forwarded_For": "192.0.2.99",
        "X_Forwarded_Proto": "http",
        "X_Real_IP": "192.0.2.9",
    }
    running = caddy(upstream)
    answer = running.ask(**forged)
    arrived = json.loads(answer.page)
    assert (arrived["host"], arrived["x-forwarded-proto"]) == (HOST, "https")
    assert arrived["x-forwarded-for"] == "127.0.0.1"
    assert "Server" not in answer.headers or "Caddy" not in answer.headers["Server"]
    plain = running.ask(path="/risks/", tls=False)
    assert plain.status == 308
    assert plain.headers["Location"].startswith(f"https://{HOST}")


def test_while_the_site_is_down_readers_get_our_page_and_no_log_says_who_they_were(caddy):
    running = caddy(upstream=1)
    answer = running.ask(path=f"/request-evaluation/received/{TOKEN}/?{TOKEN}")
    assert (answer.status, answer.page) == (503, b"our page")
    assert answer.headers["Cache-Control"] == "no-store"
    shutil.rmtree(running.folder / "published")  # then Caddy has an error of its own to log
    assert running.ask(f"/request-evaluation/received/{TOKEN}/?{TOKEN}").status >= 400
    running.process.terminate()
    running.process.wait(120)
    log = (running.folder / "log").read_text()
    assert TOKEN not in log
    assert "remote_ip" not in log
