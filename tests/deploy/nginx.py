"""The real nginx with the files in deploy/nginx, in a folder and on ports of its own."""

import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.mailserver import free_port

ROOT = Path(__file__).parent.parent.parent
FILES = ROOT / "deploy" / "nginx"
HOST = "kap.example.org"
HOW_TO_GET = "nginx is not on this machine. Type: sudo apt-get install nginx-light"

# Around ours what Debian has in nginx.conf, where it matters: it compresses, knows old TLS, and
# logs addresses. A request may say in a header where it comes from, since here all are local.
AROUND = """
{user}
daemon off;
pid {folder}/pid;
error_log {folder}/main.log info;
events {{ worker_connections 2048; }}
http {{
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;
    access_log {folder}/default.log;
    gzip on;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    set_real_ip_from 127.0.0.1;
    real_ip_header X-Test-Address;
    include {folder}/site.conf;
}}
"""


def find_nginx() -> str | None:
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


class Nginx:
    def __init__(self, folder: Path, process, plain: int, tls: int):
        self.folder = folder
        self.process = process
        self.plain, self.tls = plain, tls

    def ask(self, method, path, body=None, tls=True, **headers):
        """The answer to a browser at ``address``, with its body as ``page``."""
        connection = HTTPConnection("127.0.0.1", timeout=60)
        connection.sock = self.connect(tls)
        kind = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, {"Host": HOST} | kind | names)
        answer = connection.getresponse()
        answer.page = answer.read()
        connection.close()
        return answer

    def connect(self, tls=True) -> socket.socket:
        connection = socket.create_connection(
            ("127.0.0.1", self.tls if tls else self.plain), timeout=60
        )
        if not tls:
            return connection
        return self.context().wrap_socket(connection, server_hostname=HOST)

    def context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.folder / "cert.pem")

    def send(self, raw: bytes, tls=False) -> bytes:
        """All that comes back until nginx closes the connection."""
        with self.connect(tls) as connection:
            connection.sendall(raw)
            parts = []
            while part := connection.recv(65536):
                parts.append(part)
        return b"".join(parts)

    def log(self, name="kapsite.log") -> str:
        return (self.folder / name).read_text()


@contextmanager
def nginx(folder: Path, upstream: int, var: Path, change=lambda text: text):
    """Start nginx in ``folder``, in front of the site on the port ``upstream``.

    ``change`` is applied to each of our files: to show what would happen without a line of them.
    """
    make_certificate(folder)
    plain, tls = free_port(), free_port()
    replacements = {
        "/srv/kapsite/deploy/nginx": str(folder),
        "/var/lib/kapsite/": f"{var}/",
        "/var/log/nginx/kapsite.log": f"{folder}/kapsite.log",
        "/var/lib/nginx/kapsite": f"{folder}/kept",
        "/etc/kapsite/tls/fullchain.pem": f"{folder}/cert.pem",
        "/etc/kapsite/tls/privkey.pem": f"{folder}/key.pem",
        "    listen [::]:80 default_server;\n": "",
        "    listen [::]:443 ssl http2 default_server;\n": "",
        "listen 80 ": f"listen 127.0.0.1:{plain} ",
        "listen 443 ": f"listen 127.0.0.1:{tls} ",
        "127.0.0.1:8000": f"127.0.0.1:{upstream}",
    }
    texts = {file.name: file.read_text() for file in FILES.glob("*.conf")}
    for old, new in replacements.items():
        assert any(old in text for text in texts.values()), f"nowhere in deploy/nginx: {old}"
        texts = {name: text.replace(old, new) for name, text in texts.items()}
    for name, text in texts.items():
        (folder / name).write_text(change(text))
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, user=user))
    said = (folder / "said").open("w")
    command = [find_nginx(), "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "main.log"]
    process = subprocess.Popen(command, stdout=said, stderr=said)
    try:
        wait_for(plain, process, folder)
        yield Nginx(folder, process, plain, tls)
    finally:
        process.terminate()
        process.wait(120)
        said.close()


def wait_for(port: int, process, folder: Path, seconds=120):
    end = time.monotonic() + seconds
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            if process.poll() is not None or time.monotonic() > end:
                logs = [(folder / name).read_text() for name in ("said", "main.log")]
                raise RuntimeError(f"nginx did not start:\n{''.join(logs)}") from None
            time.sleep(0.05)


def make_certificate(folder: Path):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now()
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=2))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "cert.pem").write_bytes(made.public_bytes(pem))
    (folder / "key.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def status_of(answer: bytes) -> int:
    return int(re.match(rb"HTTP/1\.[01] (\d+)", answer)[1])
