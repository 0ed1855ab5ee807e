"""Put kapsite on a Debian server, and upgrade it there. As root:

    python3 scripts/bootstrap.py install https://kap.example.org
    python3 scripts/bootstrap.py upgrade

Each step looks first and changes only what is not as it should be, so both can be repeated;
--dry-run says what would be changed. Root owns the code, the packages and the settings; the user
`kapsite` runs the site and can write to /var/lib/kapsite only.
"""

import argparse
import grp
import os
import pwd
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from functools import partial
from hashlib import sha256
from pathlib import Path

import packages
from packages import PYTHON, ROOT, RUN, fail, fresh_secret, read, say

CODE = Path("/srv/kapsite")  # the units and the files for the proxies name it too
USER = "kapsite"
SETTINGS = Path("/etc/kapsite")
ENV_FILE = SETTINGS / "env"
TLS = SETTINGS / "tls"
DATA = Path("/var/lib/kapsite")
UNITS = Path("/etc/systemd/system")
STARTED = ("kapsite.service", "kapsite-worker.service", "kapsite-backup.timer")
COMMAND = Path("/usr/local/sbin/kapsite")
NGINX = Path("/etc/nginx")
CADDYFILE = Path("/etc/caddy/Caddyfile")
RUNS_SYSTEMD = Path("/run/systemd/system").is_dir()
ENV = """\
# Settings and secrets of the site; docs/operating.md lists all of them. Keep a copy of FIELD_KEYS
# away from this machine: without it nobody can read the requests, and neither can a backup.
# After a change: systemctl restart kapsite kapsite-worker && kapsite doctor
SITE_URL={address}
TRUSTED_PROXIES=127.0.0.1
VAR_DIR={data}
CONTENT_DIR={data}/content
SECRET_KEY={secret_key}
FIELD_KEYS={field_key}

# The mail server, who hears of new requests, and who mail comes from.
#EMAIL_URL=smtp+tls://user:password@mail.example.org:587
#NOTIFY_EMAILS=desk@example.org
#MAIL_FROM=Front desk <desk@example.org>
"""


def main(command, arguments):
    parser = argparse.ArgumentParser(prog=f"bootstrap.py {command}", description=__doc__)
    parser.add_argument("--dry-run", action="store_true", help="say what would be changed")
    if command == "install":
        parser.add_argument("address", nargs="?", help="like https://kap.example.org")
        parser.add_argument("--proxy", choices=["nginx", "caddy", "none"], default="nginx")
    else:
        parser.add_argument("--without-backup", action="store_true")
    options = parser.parse_args(arguments)
    os.umask(0o022)
    packages.log_file = Path("/var/log/kapsite-setup.log")
    require_root()
    if command == "upgrade":
        import server_upgrade

        server_upgrade.upgrade(options)
    else:
        Installation(options).run()


class Installation:
    def __init__(self, options):
        self.options = options
        self.address = known_address(options.address)
        self.host = self.address.removeprefix("https://")
        self.is_new = False  # what the server has in memory is not what is on the disk

    def run(self):
        require_what_debian_lacks(self.options.proxy)
        self.step("a user without a shell", not has_user(), add_user)
        self.folder(SETTINGS, 0o750, "root")
        self.folder(DATA, 0o711, USER)
        self.step(f"settings and fresh secrets in {ENV_FILE}", not ENV_FILE.exists(), self.secrets)
        self.mode(ENV_FILE, 0o640, "root")
        content = DATA / "content"
        self.step(f"a copy of the pages in {content}", not content.exists(), copy_content)
        is_old = bool(packages.not_installed(RUN, packages.what_it_was_made_from()))
        install = partial(packages.prepare_packages, RUN)
        self.step("packages, each checked against its hash", is_old, install)
        self.step("root owns the code; the site can only read it", bool(loose()), tighten)
        self.file(COMMAND, read(CODE / "deploy/kapsite"), 0o755)
        for unit in sorted((CODE / "deploy/systemd").iterdir()):
            if self.file(UNITS / unit.name, read(unit)):
                self.is_new = True
        if self.is_new and RUNS_SYSTEMD:
            self.act("systemd reads the units", "systemctl", "daemon-reload")
        self.site()
        {"nginx": self.nginx, "caddy": self.caddy, "none": lambda: None}[self.options.proxy]()
        if not self.options.dry_run:
            say("\nkapsite doctor says:")
            sys.exit(subprocess.call([COMMAND, "doctor"]))

    # How a step is taken

    def step(self, words, is_needed, act):
        """Returns whether it was needed."""
        how = "ok   " if not is_needed else "would" if self.options.dry_run else "done "
        if is_needed and not self.options.dry_run:
            act()
        say(f"{how}  {words}")
        return is_needed

    def act(self, words, *command):
        return self.step(words, True, partial(packages.run, *command))

    def folder(self, place, mode, owner):
        self.step(f"the folder {place}", not place.exists(), partial(place.mkdir, parents=True))
        self.mode(place, mode, owner)

    def mode(self, place, mode, owner):
        wanted = (mode, owner, USER)
        words = f"{place} has mode {mode:o}, owner {owner}, group {USER}"
        self.step(words, ownership(place) != wanted, partial(hand_over, place, *wanted))

    def file(self, place, text, mode=0o644):
        def write():
            packages.write(place, text)
            place.chmod(mode)

        return self.step(f"{place}", read(place) != text, write)

    # The longer steps

    def secrets(self):
        if (DATA / "db.sqlite3").exists():
            fail(
                f"{DATA / 'db.sqlite3'} is there, but {ENV_FILE} with the keys that can read it is "
                "not. Put that file back, or move the database away to start over."
            )
        keys = {"secret_key": fresh_secret("SECRET_KEY"), "field_key": fresh_secret("FIELD_KEYS")}
        packages.write(ENV_FILE, ENV.format(address=self.address, data=DATA, **keys))

    def site(self):
        """Database, static files, pages; then the server and the worker, if anything is new."""
        stamp, now = SETTINGS / "running", fingerprint()
        if self.step("database, static files and pages", read(stamp) != now, prepare_site):
            self.is_new = True
        if not RUNS_SYSTEMD:
            say("      systemd does not run here: start the units' commands yourself")
        elif self.is_new or not is_active(STARTED):
            self.act("the site, the worker and the backup every night start with the machine",
                     "systemctl", "enable", *STARTED)  # fmt: skip
            self.act("they run what is new", "systemctl", "restart", *STARTED)
            self.step("the site answers", True, wait_for_site)
        if not self.options.dry_run and read(stamp) != now:
            packages.write(stamp, now)

    def nginx(self):
        self.certificate()
        available, link = NGINX / "sites-available/kapsite", NGINX / "sites-enabled/kapsite"
        if not available.exists():  # the operator may have changed it
            site = read(CODE / "deploy/nginx/site.conf")
            self.file(available, site.replace("kap.example.org", self.host))
        default = NGINX / "sites-enabled/default"  # it would log what ours does not
        words = "the site is nginx's only one"
        is_linked = link.is_symlink() and not default.is_symlink()

        def enable():
            default.unlink(missing_ok=True)
            if not link.is_symlink():
                link.symlink_to(available)

        self.step(words, not is_linked, enable)
        if self.is_new:
            self.act("nginx takes the files", "nginx", "-t")
        if RUNS_SYSTEMD and (self.is_new or not is_active(["nginx"])):
            self.act("nginx starts with the machine", "systemctl", "enable", "--now", "nginx")
            self.act("nginx reads its files again", "systemctl", "reload", "nginx")

    def certificate(self):
        """That of Let's Encrypt if there is one, else one made here, so that nginx can start."""
        chain, key = TLS / "fullchain.pem", TLS / "privkey.pem"
        self.step(f"the folder {TLS}", not TLS.exists(), partial(TLS.mkdir, mode=0o700))
        theirs = Path("/etc/letsencrypt/live", self.host)
        if theirs.is_dir():

            def link():
                for name in ("fullchain.pem", "privkey.pem"):
                    (TLS / name).unlink(missing_ok=True)
                    (TLS / name).symlink_to(theirs / name)

            self.step("the certificate of Let's Encrypt", not chain.is_symlink(), link)
            return
        words = "a certificate for the time being; browsers warn of it"
        ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        name = ["-subj", f"/CN={self.host}", "-addext", f"subjectAltName=DNS:{self.host}"]
        make = ["openssl", "req", "-x509", *ec, "-days", "3650", *name]
        self.step(
            words, not chain.exists(), partial(packages.run, *make, "-keyout", key, "-out", chain)
        )

    def caddy(self):
        ours = read(CODE / "deploy/caddy/Caddyfile").replace("kap.example.org", self.host)
        if "kapsite" not in read(CADDYFILE):  # the operator may have changed it
            self.file(CADDYFILE, ours)
        if RUNS_SYSTEMD:
            self.act("Caddy reads its file", "systemctl", "restart", "caddy")


# What is so


def require_root():
    if os.geteuid():
        fail(f"only root can do this. Run: sudo {' '.join(['python3', *sys.argv])}")
    if ROOT != CODE:
        fail(f"the code must be in {CODE}, and this is {ROOT}. Run: mv {ROOT} {CODE}")
    if not (3, 11) <= sys.version_info < (3, 14):
        fail(f"Python 3.11, 3.12 or 3.13 is needed, and this is {sys.version.split()[0]}.")


def require_what_debian_lacks(proxy):
    needed = {"git": "git", "runuser": "util-linux", "useradd": "passwd", "openssl": "openssl"}
    needed |= {"nginx": {"nginx": "nginx-light"}, "caddy": {"caddy": "caddy"}}.get(proxy, {})
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    if lacking := [needed[name] for name in needed if not shutil.which(name, path=path)]:
        fail(f"this machine lacks programs. Run: apt-get install {' '.join(lacking)}")


def known_address(given):
    """SITE_URL, from the settings; before there are any, from the command."""
    address = (setting("SITE_URL") or given or "").rstrip("/")
    if given and given.rstrip("/") != address:
        fail(
            f"SITE_URL in {ENV_FILE} is {address}. Change it there, then run this without address."
        )
    if not re.fullmatch(r"https://[a-z0-9][a-z0-9.-]*", address):
        fail("give the site's public address, like: install https://kap.example.org")
    return address


def setting(name):
    found = re.search(rf"(?m)^{name}=(\S+)", read(ENV_FILE))
    return found[1] if found else ""


def has_user():
    return any(entry.pw_name == USER for entry in pwd.getpwall())


def add_user():
    words = ["--system", "--user-group", "--no-create-home", "--home-dir", DATA]
    packages.run("useradd", *words, "--shell", "/usr/sbin/nologin", USER)


def code_files():
    private = {CODE / ".env", CODE / "var"}
    for folder, folders, files in os.walk(CODE):
        folders[:] = [name for name in folders if Path(folder, name) not in private]
        yield Path(folder)
        yield from (Path(folder, name) for name in files if Path(folder, name) not in private)


def loose():
    """Files of the code that others than root own or can write, or that the site cannot read."""
    found = []
    for place in code_files():
        status = place.lstat()
        is_link, mode = place.is_symlink(), status.st_mode
        if status.st_uid or (not is_link and (mode & 0o022 or not mode & 0o004)):
            found.append(place)
    return found


def tighten():
    for place in loose():
        os.chown(place, 0, 0, follow_symlinks=False)
        if not place.is_symlink():
            mode = place.stat().st_mode & 0o7777
            runs = 0o111 if place.is_dir() or mode & 0o100 else 0
            place.chmod((mode | 0o444 | runs) & ~0o022)


def ownership(place):
    if not place.exists() or not has_user():
        return None
    status = place.stat()
    owner, group = pwd.getpwuid(status.st_uid).pw_name, grp.getgrgid(status.st_gid).gr_name
    return status.st_mode & 0o7777, owner, group


def hand_over(place, mode, owner, group):
    shutil.chown(place, owner, group)
    place.chmod(mode)


def copy_content():
    begun = DATA / ".content.begun"
    shutil.rmtree(begun, ignore_errors=True)
    shutil.copytree(CODE / "content", begun)
    # The site's user can put a link in its place meanwhile, and fwalk follows none.
    owner, group = pwd.getpwnam(USER).pw_uid, grp.getgrnam(USER).gr_gid
    for folder, _folders, files, at in os.fwalk(begun, topdown=False):
        for name in files:
            os.chown(name, owner, group, dir_fd=at, follow_symlinks=False)
        os.fchown(at, owner, group)
        if Path(folder) == begun:
            os.fchmod(at, 0o700)
    begun.rename(DATA / "content")


def git(*words):
    command = ["git", "-C", CODE, *words]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def fingerprint():
    """What the running site depends on: code, packages and settings."""
    parts = [git("rev-parse", "HEAD"), git("status", "--porcelain")]
    parts += [read(packages.STAMP), read(ENV_FILE)]
    return sha256("\0".join(parts).encode()).hexdigest()


def prepare_site():
    packages.run(PYTHON, "-m", "compileall", "-q", "kapsite")  # the site may not write it there
    current = DATA / "published/current"
    if current.exists():  # it informs; migrate and publish refuse what they can't do
        subprocess.call([COMMAND, "upgrade_check"])
    for words in (["migrate", "--verbosity=0"], ["collectstatic", "--noinput", "--verbosity=0"]):
        if subprocess.call([COMMAND, *words]):
            fail(f"`kapsite {words[0]}` failed; what runs was left as it is.")
    is_preview = '"is_preview": true' in read(current / "_launch.json")
    if not subprocess.call([COMMAND, "publish", *(["--preview"] if is_preview else [])]):
        return
    if current.exists():
        fail("the pages could not be published; readers see what they saw.")
    say("      Until the clinic has supplied that, readers see a preview:")
    if subprocess.call([COMMAND, "publish", "--preview"]):
        fail("there are no pages to serve until this is fixed.")


def wait_for_site(seconds=60):
    """Until it answers that all is well; `kapsite doctor` says what is wrong else."""
    port = setting("PORT") or "8000"
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=10).close()
            return
        except OSError:
            time.sleep(1)


def is_active(units):
    return not subprocess.call(["systemctl", "--quiet", "is-active", *units])
