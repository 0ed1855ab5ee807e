"""Set kapsite up and run it: `make serve`, `dev`, `test`, `test-postgres`, `bench` and `drills`; on
a server `sudo python3 scripts/bootstrap.py install` and `upgrade`, which are in server_install.py.

Needs nothing but the Python that the Makefile found. It makes what is missing:

    .venv/   the packages that requirements*.txt pin, each checked against its hash
    .env     fresh secrets, readable only by you
    var/     database, static files, published pages

then starts the server or the tests. What is there and up to date is left alone, so the second
start is quick and works offline; a setup that was interrupted starts over.
"""

import errno
import os
import re
import socket
import subprocess
import sys
import urllib.parse

from packages import (
    DEVELOP,
    PYTHON,
    ROOT,
    RUN,
    digest_of,
    fail,
    fresh_secret,
    one_at_a_time,
    prepare_packages,
    read,
    say,
    write,
)

VAR = ROOT / "var"
FOR_DEVELOPERS = {  # command: what to run once the packages are installed
    "test": ["-m", "tests.run"],
    "test-postgres": ["-m", "tests.run", "--postgres"],
    "bench": ["-m", "tests.bench"],
    "drills": ["-m", "tests.drills"],
}
ON_A_SERVER = ("install", "upgrade")


def main(command="", *arguments):
    commands = ["serve", "dev", *FOR_DEVELOPERS, *ON_A_SERVER]
    if command not in commands:
        fail(f"name a command: {', '.join(commands)}.")
    os.chdir(ROOT)
    if command in ON_A_SERVER:
        import server_install

        server_install.main(command, arguments)
        return
    os.umask(0o077)  # what is made here is private
    if not VAR.is_dir():
        VAR.mkdir()
        VAR.chmod(0o711)  # others may reach the public files in it
    for name in ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"):  # another project's
        os.environ.pop(name, None)
    if command == "serve":
        serve()
    elif command == "dev":
        dev()
    else:
        with one_at_a_time(VAR):
            prepare_packages(DEVELOP)
        become(*FOR_DEVELOPERS[command], *arguments)


def serve():
    port = free_port()
    os.environ["DEBUG"] = "false"
    with one_at_a_time(VAR):
        prepare_packages(RUN)
        write_secrets()
        known = setting("SITE_URL").rstrip("/") or "http://localhost:8000"
        address = use_address(port)
        prepare_site()
    free_port()  # another program may have taken it in the meantime
    say(f"kapsite is at {address} (Ctrl-C stops it).")
    say("To create a staff account, run this in another window:")
    # Only this process knows the port of this run, and the setup link must lead to it.
    prefix = "" if address == known else f"SITE_URL={address} "
    say(f"    {prefix}.venv/bin/python manage.py add_staff NAME --role lead")
    admin = (setting("ADMIN_PATH") or "admin/").lstrip("/")
    say(f"and open the link that it prints. Staff sign in at {address}/{admin}")
    os.environ["PORT"] = str(port)
    # gunicorn replaces this process; the worker stops when that process is gone.
    subprocess.Popen([PYTHON, "manage.py", "run_worker", "--beside", str(os.getpid())])
    become("-m", "gunicorn", "kapsite.wsgi")  # gunicorn reads gunicorn.conf.py by itself


def dev():
    port = free_port()
    with one_at_a_time(VAR):
        prepare_packages(DEVELOP)
        write_secrets()
        os.environ["DEBUG"] = "true"
        use_address(port)
        manage("migrate", "--verbosity=0")
    become("manage.py", "runserver", str(port))


# Settings


def write_secrets():
    """Put fresh secrets into .env where they are missing. Never replaces one."""
    missing = [name for name in ("SECRET_KEY", "FIELD_KEYS") if not setting(name)]
    database = site_file("db.sqlite3")
    if "FIELD_KEYS" in missing and database.exists():
        fail(
            f"{database} is there, but the FIELD_KEYS that can read it are not. Put back the .env "
            "that belongs to it, or move the database away to start over."
        )
    if not missing:
        return
    text = read(ROOT / ".env") or (
        "# Secrets of this machine. Keep a copy: without FIELD_KEYS nobody can read\n"
        "# the requests. .env.example lists what else can be set.\n"
    )
    for name in missing:
        text = re.sub(rf"(?m)^(export )?{name}=.*\n?", "", text)
        text = f"{text.rstrip()}\n{name}={fresh_secret(name)}\n"
    say("Writing .env with fresh secrets ...")
    write(ROOT / ".env", text)


def setting(name):
    """A setting's value: from the environment, else from .env."""
    lines = re.findall(rf"(?m)^(?:export )?{name}=(.*)$", read(ROOT / ".env"))
    return os.environ.get(name) or (lines[0].strip().strip("'\"") if lines else "")


def use_address(port):
    """The site's address. A local one follows the port."""
    address = setting("SITE_URL").rstrip("/")
    if urllib.parse.urlsplit(address).hostname in (None, "localhost", "127.0.0.1"):
        address = f"http://localhost:{port}"
    os.environ["SITE_URL"] = address
    return address


def free_port():
    """The PORT to serve on, 8000 by default; stops when it is not available."""
    text = setting("PORT") or "8000"
    if not text.isdigit() or not 0 < int(text) < 65536:
        fail(f"PORT={text} is not a port. Choose a number from 1024 to 65535.")
    port = int(text)
    if problem := port_problem(port):
        other = next(p for p in range(8000, 65536) if p != port and not port_problem(p))
        fail(f"port {port} {problem}. Run: PORT={other} make serve")
    return port


def port_problem(port):
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        return "is in use" if error.errno == errno.EADDRINUSE else "is not open to you"
    try:  # a program on the other localhost, ::1, would get the browser's requests
        socket.create_connection(("localhost", port), timeout=1).close()
    except OSError:
        return ""
    return "is in use"


# The site


def prepare_site():
    stamp, sources = site_file("static-made-from"), static_sources()
    if not site_file("static/staticfiles.json").exists() or read(stamp) != sources:
        stamp.unlink(missing_ok=True)
        manage("collectstatic", "--noinput", "--verbosity=0")
        write(stamp, sources)
    command = [PYTHON, "manage.py", "publish"]  # beside migrate: neither needs the other
    pages = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    manage("migrate", "--verbosity=0")
    say(pages.communicate()[0].strip())
    if pages.returncode:
        if not site_file("published/current").exists():
            fail("there are no pages to serve until this is fixed.")
        say("Until this is fixed, the pages published before stay up.")


def site_file(name):
    """A file that the site writes: in var/, unless VAR_DIR names another folder."""
    return ROOT / os.path.expanduser(setting("VAR_DIR") or "var") / name


def static_sources():
    """What the collected static files depend on, by digest."""
    files = [*ROOT.glob("static/**/*"), ROOT / "requirements.txt", ROOT / "kapsite/settings.py"]
    lines = [f"{digest_of(file)} {file.relative_to(ROOT)}\n" for file in files if file.is_file()]
    return "".join(sorted(lines))


def manage(*arguments):
    if subprocess.call([PYTHON, "manage.py", *arguments]):
        sys.exit(1)  # the command has said what is wrong


def become(*arguments):
    """Replace this process, so that Ctrl-C and the exit code are the command's own."""
    sys.stdout.flush()
    os.execv(PYTHON, [PYTHON, *arguments])


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except KeyboardInterrupt:
        say("\nStopped. Run the same command again to go on.")
        sys.exit(130)
    except PermissionError as error:
        fail(f"you may not write {error.filename}. Does it belong to root?")
    except OSError as error:
        fail(f"{error.filename or 'setup'}: {error.strerror}.")
