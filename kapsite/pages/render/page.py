"""A content file -> HTML, and what else the site must know of the page; plain Python."""

from collections.abc import Mapping
from dataclasses import dataclass

from kapsite.content_files.problems import Report
from kapsite.pages.language.sentences import Sentence, lead_of, sentences_of
from kapsite.pages.syntax.frontmatter import Document
from kapsite.pages.syntax.markdown import parse, parse_sentence

from .components import COMPONENTS
from .library import Heading, Library, Target
from .writer import Writer


class Html(str):
    """Markup that is safe as it is: templates print what has ``__html__`` unescaped."""

    __slots__ = ()

    def __html__(self):
        return self


@dataclass(frozen=True)
class Rendered:
    lead_html: Html
    html: Html
    headings: tuple[Heading, ...]  # of the body, not those of items in blocks
    citations: Mapping[str, int]  # source id -> how often, by first use
    links: tuple[Target, ...]
    images: tuple[Target, ...]
    ids: frozenset[str]
    questions: tuple[tuple[str, str], ...]  # each with its answer as HTML
    charts: frozenset[str]
    grades: Mapping[str, Mapping[str, str]]  # id of a section, or "" -> its badges
    sentences: tuple[Sentence, ...]  # of the lead and the body, in reading order


def render(document: Document, library: Library, report: Report) -> Rendered:
    """The page as HTML; what is wrong with its body goes to ``report``."""
    writer = Writer(library, report, COMPONENTS)
    lead = ""
    if document.meta and document.meta.lead:
        writer.first_line = document.line("lead")
        lead = writer.nodes(parse_sentence(document.meta.lead).children) + writer.citations.mark()
    writer.first_line = document.body_line
    tree = parse(document.body, report, document.body_line)
    html = writer.nodes(tree.children)
    return Rendered(
        Html(lead),
        Html(html),
        tuple(writer.headings),
        dict(writer.citations.counts),
        tuple(writer.links),
        tuple(writer.images),
        frozenset(writer.ids),
        tuple(writer.questions),
        frozenset(writer.charts),
        writer.grades,
        (*lead_of(document), *sentences_of(tree, document.body_line)),
    )
