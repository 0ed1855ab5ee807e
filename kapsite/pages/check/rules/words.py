"""How a message quotes a sentence."""

QUOTED = 60  # characters of a sentence that a message repeats


def shorten(text: str) -> str:
    if len(text) <= QUOTED:
        return text
    return text[:QUOTED].rsplit(" ", 1)[0] + " …"
