"""What a check comes to, and how a command shows it."""

import logging
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django import db

if TYPE_CHECKING:
    from django.core.management.base import BaseCommand

logger = logging.getLogger(__name__)


class Unhealthy(Exception):
    def __init__(self, words: str, fix: str):
        super().__init__(words)
        self.words, self.fix = words, fix


@dataclass(frozen=True)
class Result:
    name: str
    words: str
    fix: str = ""  # what to do; "" when all is well

    @property
    def is_well(self) -> bool:
        return not self.fix

    def __str__(self):
        return " ".join(filter(None, [f"{self.name}: {self.words}.", self.fix]))


def result_of(name: str, check: Callable[..., str], *arguments: object) -> Result:
    try:
        return Result(name, check(*arguments))
    except Unhealthy as error:
        return Result(name, error.words, error.fix)
    except db.Error:
        raise
    except Exception as error:
        logger.exception("The check of %s failed", name)
        return Result(name, f"fails: {type(error).__name__}", "The log says where.")


def show(results: Iterable[Result], command: "BaseCommand") -> None:
    style = command.style
    for result in results:
        mark = style.SUCCESS("ok    ") if result.is_well else style.ERROR("not ok")
        command.stdout.write(f"{mark}  {result.name}: {result.words}.")
        if not result.is_well:
            command.stdout.write(f"        {result.fix}")


def end_with_status(results: Iterable[Result]) -> None:
    """1 if anything is wrong."""
    if not all(result.is_well for result in results):
        sys.exit(1)
