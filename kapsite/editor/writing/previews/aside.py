"""Long work beside the requests of readers: a thread of its own does it, one piece at a time.

A worker of gevent answers everyone in one thread. Reading the content takes a second of it, and a
check a tenth.
"""

import sys
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from gevent.threadpool import ThreadPool

    from kapsite.pages.load.site import Site

# Seconds that the work may hold the interpreter. An answer to a reader gives it away at each use
# of a socket, and waits that long to have it back.
SHARE = 0.0005

P = ParamSpec("P")
T = TypeVar("T")


@cache  # made in the worker, after the fork
def pool() -> "ThreadPool":
    from gevent.threadpool import ThreadPool

    sys.setswitchinterval(SHARE)
    return ThreadPool(1)


def aside(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What ``work`` returns, or raises. It must not use the database."""
    if not is_served_by_gevent():  # but by a server that has threads
        return work(*args, **kwargs)
    result: T = pool().apply(work, args, kwargs)
    return result


def begin_aside(work: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> None:
    """The same without waiting for it."""
    if is_served_by_gevent():
        pool().spawn(work, *args, **kwargs)


def site_aside(version: int) -> "Site":
    """The content as of ``version``, which is that of the folder."""
    from . import preview  # here: what reads content is large, and only editors need it

    return aside(preview.site_of, version)


def is_served_by_gevent() -> bool:
    """Asked without loading it, since most commands never do."""
    monkey = sys.modules.get("gevent.monkey")
    return monkey is not None and monkey.is_module_patched("threading")
