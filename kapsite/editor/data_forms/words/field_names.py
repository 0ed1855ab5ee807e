"""What is wrong with a file, for someone who sees forms: keys are called as their fields are, files
as their forms, and both lead there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe

from kapsite.content_files.problems import Problem
from kapsite.content_files.yaml_reader import Place
from kapsite.editor.data_forms.fields.keys import Spec, is_choice
from kapsite.editor.data_forms.files.data_files import data_file
from kapsite.editor.data_forms.files.file_parts import DataFile

from .advice import in_buttons
from .places import found_at, specs_to_field

if TYPE_CHECKING:
    from kapsite.pages.load.site import Site

FILE = r"(?<![\w./-])(?:[\w-]+/)*[\w-]+\.(?:yaml|md)\b"
NAMED = re.compile(  # "`details` of S1 or S2 in sources.yaml", "`kind: bars`", "content/risks.md"
    r"`(?P<key>[a-z_]+)(?::\s*(?P<value>[^`]*))?`(?: of (?P<parts>[A-Z]+\d+(?: or [A-Z]+\d+)*))?"
    rf"(?: (?P<joint>in|to) (?P<home>{FILE}))?|(?P<file>{FILE})"
)
FIRST_LINE = re.compile(r" \(first on line \d+\)")  # of a file, which a form doesn't show


@dataclass(frozen=True)
class FieldNames:
    """For problems of ``file``. ``titles`` are those of pages, by the names of their files.

    Of what is on the page as a form itself only the anchor is linked: the ``part`` of the file
    ``here``. ``as_text``: the reader sees the keys of ``file`` and not its form.
    """

    file: str
    titles: Mapping[str, str]
    here: str = ""
    part: str = ""
    as_text: bool = False

    @classmethod
    def of(cls, file: str, site: Site, **where: Any) -> FieldNames:
        pages = {bare(draft.file): draft.meta.title for draft in site.drafts if draft.meta}
        return cls(file, pages, **where)

    def message(self, problem: Problem) -> SafeString:
        """What is wrong; at a field without its key, which the label stands for."""
        if self.as_text:
            return self.named(problem.message, problem.place)
        words, key = FIRST_LINE.sub("", problem.message), last_key(problem.place)
        if key:
            words = re.sub(rf'^"{re.escape(key)}"(?= )', "This", words.removeprefix(f"{key}: "))
        return self.named(words, problem.place)

    def fix(self, problem: Problem) -> SafeString:
        words = problem.fix if self.as_text else in_buttons(problem.in_form or problem.fix)
        return self.named(words, problem.place)

    def at_field(self, problem: Problem) -> SafeString:
        return format_html("{} {}", self.message(problem), self.fix(problem))

    def named(self, words: str, place: Place = ()) -> SafeString:
        """``words`` about the value at ``place``, with links for what they name."""
        found: list[str] = []  # escaped below, where it isn't safe
        at, end = (self.file, place), 0
        for match in NAMED.finditer(words):
            found.append(words[end : match.start()])
            if match["key"]:
                shown, at = self.key(match, *at)
            else:
                shown = self.link_to_file(match["file"])
            found.append(shown)
            end = match.end()
        return format_html_join("", "{}", ((each,) for each in [*found, words[end:]]))

    def key(
        self, match: re.Match[str], file: str, place: Place
    ) -> tuple[SafeString, tuple[str, Place]]:
        """The field of a key, and where that is: the next key may be below it."""
        home, before = match["home"], (file, place)
        if home:
            file, place = bare(home), () if bare(home) != file else place
        part, *others = match["parts"].split(" or ") if match["parts"] else ("",)
        spec, at = found_at(file, match["key"], place, part)
        if spec is None or (file == self.file and self.as_text):
            return conditional_escape(match[0]), before
        value = match["value"] if match["value"] not in (None, "", "…") else ""
        label = f"{spec.label}: {value_in_words(spec, value)}" if value else spec.label
        words = link(self.href(file, at), label)
        if part:
            links = [(self.href(file, (each, *at[1:])), each) for each in (part, *others)]
            joined = mark_safe(" or ".join(link(*each) for each in links))  # noqa: S308  each is
            words = format_html("“{}” of {}", label, joined)
        if home:
            words = format_html("{} {} {}", words, match["joint"], self.link_to_file(home))
        return words, (file, at)

    def label(self, place: Place) -> str:
        """What the value at ``place`` of the file is called, from the outside in."""
        data = data_file(self.file)
        labels = [spec.label for spec in specs_to_field(self.file, place)]
        if data and data.is_dict and self.is_here(self.file, data.part_of(place)):
            labels = labels[1:]
        return " › ".join([data.label, *labels] if data and data.is_list else labels)

    def is_here(self, file: str, part: str) -> bool:
        """Whether the form of this part is the one on the page."""
        return (file, part) == (self.here, self.part)

    def href(self, file: str, place: Place) -> str:
        data = data_file(file)
        if data is None:
            own = "" if file == self.here else reverse("editor:page", args=[file])
            return f"{own}#{anchor(('meta', *place))}"
        part = data.part_of(place)
        own = "" if self.is_here(file, part) else address(data, part)
        inner = data.in_form(part, place[: len(specs_to_field(file, place))]) or ()
        return f"{own}#{anchor(inner)}" if inner else own

    def link_to_file(self, name: str) -> SafeString:
        file, data = bare(name), data_file(bare(name))
        if data is not None:
            return link(address(data), data.label)
        title = self.titles.get(file)
        return (
            link(reverse("editor:page", args=[file]), title) if title else conditional_escape(name)
        )


def bare(name: str) -> str:
    """The name of a file in the content folder, which problems name with the folder."""
    return name.removeprefix(f"{settings.CONTENT_DIR.name}/")


def address(file: DataFile, part: str = "") -> str:
    own = reverse("editor:data", args=[file.name])
    return f"{own}?{urlencode({'part': part})}" if part else own


def anchor(place: Place) -> str:
    """The id of a field or a group of fields in a form."""
    return "-".join(["id_", *map(str, place)]).replace("_-", "_", 1)


def link(href: str, label: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', href, label)


def last_key(place: Place) -> str:
    return next((step for step in reversed(place) if isinstance(step, str)), "")


def value_in_words(spec: Spec, value: str) -> str:
    return spec.in_words(value) if is_choice(spec.kind) else value.strip('"')
