"""Named blocks in Markdown: ``::: name key="value"`` … ``:::``, nested by more colons."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import get_args

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock

from kapsite.content_files.problems import Report, did_you_mean

from .data_schema import Grade, Medicines
from .page_schema import Drawing

FENCE = re.compile(r"(:{3,})[ \t]*(.*)")
ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
GRADES = get_args(Grade)
ANYTHING: tuple[str, ...] = ()


@dataclass(frozen=True)
class BlockKind:
    """What a block takes. Attributes are given with their values; none means any text."""

    required: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    optional: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    has_body: bool = True


BLOCKS: Mapping[str, BlockKind] = {
    "key-facts": BlockKind(),
    "compare": BlockKind(),
    "timeline": BlockKind(),
    "steps": BlockKind(),
    "questions": BlockKind(),
    "worksheet": BlockKind(optional={"lines": ("1", "2", "3", "4")}),
    "note": BlockKind(),
    "pair": BlockKind(),
    "day": BlockKind(optional={"shape": ("row",)}),
    "picture": BlockKind(required={"of": get_args(Drawing)}),
    "care": BlockKind(required={"level": ("urgent", "soon")}),
    "help-now": BlockKind(has_body=False),
    "action": BlockKind(),
    "status": BlockKind(required={"of": tuple(Medicines.model_fields)}, has_body=False),
    "evidence": BlockKind(
        required={"sources": ANYTHING},
        optional=dict.fromkeys(Medicines.model_fields, GRADES),
        has_body=False,
    ),
    "chart": BlockKind(required={"id": ANYTHING}, has_body=False),
    "sources": BlockKind(has_body=False),
    "glossary": BlockKind(has_body=False),
    "clinic-facts": BlockKind(has_body=False),
    "team": BlockKind(has_body=False),
}


def blocks(md: MarkdownIt):
    """Markdown-it plugin: tokens ``block_open`` and ``block_close``.

    Their meta has ``name`` and ``attributes``. Parsing wants ``report`` and ``first_line``
    in the environment.
    """
    md.block.ruler.before("table", "block", block, {"alt": ["paragraph", "blockquote", "list"]})


def line_of(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].rstrip()


def block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    fence = FENCE.fullmatch(line_of(state, start))
    if not fence:
        return False
    if silent:
        return True
    report, here = state.env["report"], state.env["first_line"] + start
    colons, opening = fence.groups()
    if not opening:
        report.error(
            here, "This ::: doesn't close a block.", "Remove it, or name the block it opens."
        )
        state.line = start + 1
        return True
    name, attributes = read_opening(opening, report, here)
    stop, closed = find_close(state, start, end, colons)
    check_extent(state, name, (start, stop), colons, closed)
    token = state.push("block_open", "div", 1)
    token.block, token.map = True, [start, stop]
    token.meta = {"name": name, "attributes": attributes}
    parse_body(state, start + 1, stop)
    state.push("block_close", "div", -1).block = True
    state.line = stop + 1 if closed else stop
    return True


def check_extent(state: StateBlock, name: str, extent: tuple[int, int], colons: str, closed: bool):
    """Report a block that is not closed as it was opened, or has text that it may not have."""
    report, first_line, (start, stop) = state.env["report"], state.env["first_line"], extent
    ending = line_of(state, stop) if closed else ""
    if ending != colons:
        hint = "A block that holds other blocks needs more colons."
        if closed:
            hint = f"Line {first_line + stop} has {ending} instead: use the same number of colons."
        message = f'The block "{name}" isn\'t closed.'
        report.error(first_line + start, message, f"Add a line {colons} where it ends. {hint}")
    text = next((line for line in range(start + 1, stop) if not state.isEmpty(line)), None)
    if text is not None and not BLOCKS.get(name, BlockKind()).has_body:
        message = f'The block "{name}" takes no text, so readers wouldn\'t see this.'
        report.error(first_line + text, message, f"Move it below the line {colons}")


def find_close(state: StateBlock, start: int, end: int, colons: str) -> tuple[int, bool]:
    """The line that ends the block, and whether that is meant to close it.

    A fence of another length is, too, if it closes nothing else.
    """
    within, shorter = 0, None
    for line in range(start + 1, end):
        if state.sCount[line] < state.blkIndent and not state.isEmpty(line):
            end = line
            break
        fence = FENCE.fullmatch(line_of(state, line))
        if fence and len(fence[1]) >= len(colons):
            if not fence[2]:
                return line, True
            end = line
            break
        if fence and fence[2]:
            within += 1
        elif fence and within:
            within -= 1
        elif fence and shorter is None:
            shorter = line
    return (end, False) if shorter is None else (shorter, True)


def parse_body(state: StateBlock, start: int, stop: int):
    around, last_line = state.parentType, state.lineMax
    state.parentType, state.lineMax = "block", stop
    state.md.block.tokenize(state, start, stop)
    state.parentType, state.lineMax = around, last_line


def read_opening(opening: str, report: Report, line: int) -> tuple[str, dict[str, str]]:
    """The name and attributes of a block; what is wrong with them goes to ``report``."""
    name, _, rest = opening.partition(" ")
    kind = BLOCKS.get(name)
    if kind is None:
        report.error(line, f'There is no block "{name}".', did_you_mean(name, BLOCKS))
        return name, {}
    if left_over := ATTRIBUTE.sub("", rest).strip():
        report.error(
            line,
            f'"{left_over}" in the block "{name}" can\'t be read.',
            'Write it like level="urgent", with straight quotes.',
        )
        return name, {}
    attributes = dict(ATTRIBUTE.findall(rest))
    check_attributes(name, kind, attributes, report, line)
    return name, attributes


def check_attributes(name: str, kind: BlockKind, attributes: dict, report: Report, line: int):
    known = {**kind.required, **kind.optional}
    for key, value in attributes.items():
        if key not in known:
            fix = did_you_mean(key, known) if known else f'Remove {key}="{value}".'
            report.error(line, f'The block "{name}" has no "{key}".', fix)
        elif known[key] and value not in known[key]:
            report.error(line, f'{key}="{value}" isn\'t valid.', did_you_mean(value, known[key]))
    for key in kind.required.keys() - attributes.keys():
        values = ", ".join(kind.required[key])
        fix = f'Write {key}="…"' + (f" with one of: {values}." if values else ".")
        report.error(line, f'The block "{name}" needs "{key}".', fix)
