"""The order of a list in which some have a number and the rest do not."""

from collections.abc import Callable, Iterable
from operator import itemgetter
from typing import TypeVar

T = TypeVar("T")


def in_places(items: Iterable[T], number_of: Callable[[T], int | None]) -> list[T]:
    """Each item that has a number at exactly that place, and the rest around them as they are. Of
    two with one number the first comes first; a number beyond the end is the end."""
    numbered, rest = list[tuple[int, T]](), list[T]()
    for item in items:
        number = number_of(item)
        if number is None:
            rest.append(item)
        else:
            numbered.insert(0, (number, item))
    for number, item in sorted(numbered, key=itemgetter(0)):
        rest.insert(number - 1, item)
    return rest
