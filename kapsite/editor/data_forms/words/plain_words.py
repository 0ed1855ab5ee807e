"""What a file says, for someone who compares two texts: signs in words, choices as in the form."""

import re
from typing import Any, get_origin

from kapsite.editor.data_forms.fields.keys import Spec, is_choice, words_of
from kapsite.editor.models import ContentVersion
from kapsite.editor.versions.titles import title_in

UNSEEN = "eaders don’t see it"  # as the hint of such a field says
HEADING = re.compile(r"^(##+) +")
BLOCK = re.compile(r"^:{3,}[ \t]*([\w-]*)(.*)$")
ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
CITED = re.compile(r"\[@([^\]]+)\]")
LINK = re.compile(r"(!?)\[([^\]@]*)\]\(([^)\s]+)\)")
NAME = re.compile(r"\s*\{#([\w-]+)\}")
MARK = re.compile(r"\s*\{([a-z]+)\}")


def is_unseen(spec: Spec) -> bool:
    return UNSEEN in spec.help


def value_in_words(spec: Spec | None, value: Any) -> str:
    """A value as its field shows it."""
    if isinstance(value, list):
        is_many = spec is not None and get_origin(spec.kind) is tuple
        each_spec = Spec("", spec.item, words=spec.words) if spec and is_many else None
        return ", ".join(value_in_words(each_spec, each) for each in value)
    text = str(value) if value or value == 0 else ""
    if spec and text and is_choice(spec.kind):
        return spec.in_words(text)
    return line_in_words(text)


def text_in_words(text: str) -> str:
    """A page's text, line by line."""
    return "\n".join(map(line_in_words, text.splitlines()))


def line_in_words(line: str) -> str:
    if block := BLOCK.match(line):
        return block_in_words(block[1], block[2])
    line = HEADING.sub(lambda sign: "Heading: " if sign[1] == "##" else "Smaller heading: ", line)
    line = LINK.sub(link_in_words, CITED.sub(citation_in_words, line))
    return MARK.sub(r" (\1)", NAME.sub(r" (section \1)", line))


def block_in_words(name: str, rest: str) -> str:
    if not name:
        return "End of the block"
    values = dict(ATTRIBUTE.findall(rest))
    if name == "chart" and values:
        return f"Chart “{chart_title(values.get('id', ''))}”"
    said = ", ".join(f"{words_of(key).lower()}: {value}" for key, value in values.items())
    return words_of(name) + (f" ({said})" if said else "")


def citation_in_words(found: re.Match[str]) -> str:
    keys = [each.strip().removeprefix("@") for each in found[1].split(";")]
    return f"(source{'s' if len(keys) > 1 else ''} {', '.join(keys)})"


def link_in_words(found: re.Match[str]) -> str:
    is_image, words, target = found.groups()
    return f"Image {target}: {words}" if is_image else f"{words} (link to {target})"


def chart_title(name: str) -> str:
    """As readers will see it: of its draft, or else as it is."""
    file = f"charts/{name}.yaml"
    version = ContentVersion.objects.draft_of(file) or ContentVersion.objects.current()
    title = title_in(version.text_of(file).encode()) if version else ""
    return title or name
