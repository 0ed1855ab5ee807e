"""Log lines that tell an operator what failed and nobody what a person typed."""

import logging
import re
import traceback

_UNPRINTABLE = re.compile(r"[^!-~]")


def short_path(path: str) -> str:
    """The first two segments of ``path``: further ones may be tokens, and are never needed.

    >>> short_path("/request-evaluation/received/2kX8:abc/")
    '/request-evaluation/received/...'
    """
    first_two = "/".join(path.split("/", 3)[:3])
    more = path[len(first_two) :]
    return _UNPRINTABLE.sub("?", first_two)[:100] + (more[:1] + "..." if more[1:] else more)


class PrivateFormatter(logging.Formatter):
    """Where an exception arose and its type, but not its message: that may quote a value."""

    def formatException(self, ei):
        error = ei[1]
        chain = []
        while error is not None and len(chain) < 5:
            frames = traceback.extract_tb(error.__traceback__)
            where = "".join(f"  {f.filename}:{f.lineno} in {f.name}\n" for f in frames[-12:])
            chain.append(f"{where}  {type(error).__module__}.{type(error).__qualname__}")
            error = error.__cause__ or error.__context__
        return "\n  caused by\n".join(chain)
