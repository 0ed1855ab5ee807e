"""Long work beside the requests of readers: a thread of its own does it, one piece at a time.

A worker of gevent answers everyone in one thread. Reading the content takes a second of it, and a
check a tenth.
"""

import sys
from collections.abc import Callable
from functools import cache
from typing import ParamSpec, TypeVar

from gevent import monkey
from gevent.threadpool import ThreadPool

# Seconds that the work may hold the interpreter. An answer to a reader gives it away at each use
# of a socket, and waits that long to have it back.
SHARE = 0.0005

P = ParamSpec("P")
T = TypeVar("T")


@cache  # made in the worker, after the fork
def pool() -> ThreadPool:
    sys.setswitchinterval(SHARE)
    return ThreadPool(1)


def aside(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What ``work`` returns, or raises. It must not use the database."""
    if not monkey.is_module_patched("threading"):  # another server, which has threads
        return work(*args, **kwargs)
    result: T = pool().apply(work, args, kwargs)
    return result


def begin_aside(work: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> None:
    """The same without waiting for it."""
    if monkey.is_module_patched("threading"):
        pool().spawn(work, *args, **kwargs)
