"""How gunicorn serves the site; read by itself when started in this folder.

The values an operator may change come from the settings (docs/operating.md); each can also
be given on the command line: `gunicorn --bind 0.0.0.0:8000 kapsite.wsgi`.
"""

import gc
import multiprocessing
import os
import signal
import sys
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kapsite.settings")

from django.conf import settings

if settings.WORKER_CLASS == "gevent":  # before the site is imported
    from gevent import monkey

    monkey.patch_all()

from django.core import checks

from kapsite.operations import in_use
from kapsite.security.files import NOT_FOR_OTHERS
from kapsite.security.wsgi import access_log, gunicorn_workers

gc.set_threshold(10_000)  # objects; with 700 a start goes through all that is loaded many times
os.umask(NOT_FOR_OTHERS)  # for logs and a pid file too, if the command line names any

bind = f"127.0.0.1:{settings.PORT}"
workers = settings.WEB_CONCURRENCY
worker_class = f"kapsite.security.wsgi.gunicorn_workers.{settings.WORKER_CLASS.title()}Worker"
worker_connections = gunicorn_workers.connections(4000)  # about 15 KB each; more wait their turn
threads = 8  # gthread only
preload_app = True  # workers share what is loaded, about a third of their memory

# Time, in seconds
timeout = 30  # a worker that hangs as a whole is replaced
graceful_timeout = 20  # requests in progress when the server stops
keepalive = 5  # between requests, and for the headers of one request to arrive

# Size
limit_request_line = 4094
limit_request_fields = 60
limit_request_field_size = 8190  # of one; limit_headers_together, below, limits them all

# Trust: the guard alone decides whose forwarding headers count (TRUSTED_PROXIES)
forwarded_allow_ips = ",".join(entry for entry in settings.TRUSTED_PROXIES if entry != "unix")
forwarder_headers = ""
secure_scheme_headers = {}
header_map = "drop"
control_socket_disable = True  # it would let any process of this user stop the server

# In memory, where there is such a place: on a slow disk a heartbeat can come too late
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108

accesslog = "-"
errorlog = "-"
loglevel = "info"
logger_class = access_log.Logger


def check_keys():
    """No request can be read or found again without its key: better not to start than to go on
    so. In a process of its own, so that no worker inherits a connection to the database.
    """
    if problems := checks.run_checks(tags=["keys"], databases=["default"]):
        sys.exit("\n".join(map(str, problems)))


def on_starting(_server):
    gunicorn_workers.admit_any_letter_in_query_strings()
    gunicorn_workers.limit_headers_together()
    gunicorn_workers.send_in_one_piece()
    check = multiprocessing.get_context("fork").Process(target=check_keys)
    check.start()
    check.join()
    if check.exitcode:
        sys.exit(1)
    try:
        in_use.mark()
    except in_use.InUse as error:
        sys.exit(f"kapsite: {error}")
    gc.collect()
    gc.freeze()  # what is loaded by now stays: the collector would unshare it by looking at it


def post_worker_init(_worker):
    # Ctrl-C reaches every process at once; the master tells its workers what to do.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
