"""New values in a YAML text by ruamel, which keeps most of the comments and quotes around them.

Values are as ``yaml_reader`` gives them: everything is text, in lists and dicts.
"""

import re
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.scalarstring import FoldedScalarString, LiteralScalarString, ScalarString

Lines = list[str]
SENTENCE_ENDS = re.compile(r"(?<=[.!?]) (?=\S)")  # a sentence on each line, as in the texts


class TextResolver(VersionedResolver):
    """Everything is text, so that nothing needs quotes to be text."""

    def resolve(self, kind, value, implicit):
        if kind is ScalarNode:
            return self.DEFAULT_SCALAR_TAG
        return super().resolve(kind, value, implicit)


def ruamel() -> YAML:
    yaml = YAML()
    yaml.Resolver = TextResolver
    yaml.preserve_quotes = True
    yaml.width = 10**9
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def changed_by_ruamel(text: str, new: Any) -> str:
    """``text`` with ``new`` in it; what belongs to other values is kept as well as it can be."""
    yaml, out = ruamel(), StringIO()
    yaml.dump(updated(yaml.load(text), new), out)
    return unindented(out.getvalue(), isinstance(new, list))


def dumped(new: Any, column: int) -> Lines:
    yaml, out = ruamel(), StringIO()
    yaml.dump(updated(None, new), out)
    return indented(unindented(out.getvalue(), isinstance(new, list)), column)


def unindented(text: str, is_list: bool) -> str:
    """The hyphens of the outermost list stand at the margin."""
    return re.sub(r"^  ", "", text, flags=re.MULTILINE) if is_list and text[:2] == "  " else text


def indented(text: str, column: int) -> Lines:
    return [" " * column + line + "\n" if line.strip() else "\n" for line in text.splitlines()]


def updated(node: Any, new: Any) -> Any:
    """``new`` in the style of ``node``, which stood there."""
    if new is None:
        return None
    if isinstance(new, dict):
        if not isinstance(node, dict):
            return {key: updated(None, value) for key, value in new.items()}
        for key in node.keys() - new.keys():
            del node[key]
        for key, value in new.items():
            if key not in node or node[key] != value:
                node[key] = updated(node.get(key), value)
        return node
    if isinstance(new, list):
        style = node[0] if isinstance(node, list) and node else None
        items = CommentedSeq(updated(style, value) for value in new)
        if isinstance(node, CommentedSeq):
            items.fa.set_flow_style() if node.fa.flow_style() else items.fa.set_block_style()
        return items
    if "\n" in new:
        return LiteralScalarString(new)
    if isinstance(node, FoldedScalarString):
        folded = FoldedScalarString(new)
        folded.fold_pos = [found.start() for found in SENTENCE_ENDS.finditer(new)]
        return folded
    return type(node)(new) if isinstance(node, ScalarString) else new
