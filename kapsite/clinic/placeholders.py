"""Facts about the clinic in texts: ``{phone}``. Written by hand, they would go out of date."""

import re
from collections.abc import Iterator, Mapping

from kapsite.content_files.problems import Report

from .facts import Clinic

NAMES = ("clinic", "phone", "email", "address", "hours")
PLACEHOLDER = re.compile(rf"\{{({'|'.join(NAMES)})\}}")
NUMBER = re.compile(r"\+?\(?\d[\d\s().-]{5,}\d")


class Placeholders:
    """Puts facts in the place of placeholders, and reports what can't be filled in."""

    def __init__(self, clinic: Clinic | None, report: Report, may_be_typed: bool = False) -> None:
        """Without a ``clinic``, whose file has errors then, each fact is its own name."""
        self.may_be_typed = may_be_typed or not clinic
        self.report = report
        self.words = facts_of(clinic) if clinic else {name: name for name in NAMES}
        self.links = links_to(clinic) if clinic else {}

    def in_markdown(self, text: str, first_line: int) -> str:
        """With the phone number and the email address as links."""
        return self._filled(text, first_line, {**self.words, **self.links})

    def in_plain_text(self, text: str, first_line: int) -> str:
        return self._filled(text, first_line, self.words)

    def _filled(self, text: str, first_line: int, facts: Mapping[str, str]) -> str:
        def fact(match: re.Match[str]) -> str:
            return facts[match[1]] or match[0]

        lines = text.split("\n")
        for number, line in enumerate(lines, first_line):
            for name in () if self.may_be_typed else typed_by_hand(line, self.words):
                message = f'"{self.words[name]}" is typed by hand.'
                self.report.error(number, message, f"Write {{{name}}}: it follows clinic.yaml.")
            for name in PLACEHOLDER.findall(line):
                if not facts[name]:
                    message = f"{{{name}}} can't be filled in: it isn't in clinic.yaml."
                    fix = f"Add `{name}:` to clinic.yaml, or remove {{{name}}}."
                    self.report.error(number, message, fix)
        return "\n".join(PLACEHOLDER.sub(fact, line) for line in lines)


def facts_of(clinic: Clinic) -> Mapping[str, str]:
    """Each fact in words; "" if it isn't known."""
    return {
        "clinic": clinic.name,
        "phone": clinic.phone.display,
        "email": clinic.email or "",
        "address": clinic.address or "",
        "hours": clinic.hours_in_words,
    }


def links_to(clinic: Clinic) -> Mapping[str, str]:
    number, display = clinic.phone
    phone = {"phone": f"[{display}](tel:{number})"}
    return phone | ({"email": f"[{clinic.email}](mailto:{clinic.email})"} if clinic.email else {})


def typed_by_hand(line: str, words: Mapping[str, str]) -> Iterator[str]:
    """The names of the facts in ``line``; a phone number in whatever way it is written."""
    for name, fact in words.items():
        numbers = NUMBER.finditer(line) if name == "phone" else ()
        same_number = any(digits(found[0]) == digits(fact) for found in numbers)
        if same_number or (fact and fact.lower() in line.lower()):
            yield name


def digits(number: str) -> str:
    return re.sub(r"\D", "", number).removeprefix("1")
