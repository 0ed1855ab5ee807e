"""The lists of all sources and of all hard words; plain Python."""

from html import escape

from markdown_it.tree import SyntaxTreeNode as Node

from kapsite.pages.schema import Source, Term
from kapsite.pages.slugs import slug
from kapsite.pages.writer import Writer


def sources(writer: Writer, block: Node) -> str:
    """All sources, what each shows and which pages cite it."""
    rows = []
    for key, source in (writer.library.sources or {}).items():
        if source.check == "M":
            continue
        writer.ids.add(key)
        pages = ", ".join(
            f'<a href="{path}">{escape(title, quote=False)}</a>'
            for path, title in writer.library.cited_by.get(key, ())
        )
        used = f"<br>\nCited on: {pages}" if pages else ""
        rows.append(f'<li id="{key}">{source_html(source)}{used}</li>\n')
    return f'<ul class="source-list">\n{"".join(rows)}</ul>\n'


def source_html(source: Source) -> str:
    """Who, what, where, when, and in plain words what it shows."""
    title = escape(source.title, quote=False)
    if source.link:
        title = f'<a href="{escape(source.link)}">{title}</a>'
    place = ", ".join(str(part) for part in (source.publisher, source.year) if part)
    parts = [source.authors, title, place]
    sentence = " ".join(
        f"{part if part is title else escape(part, quote=False)}{'' if part.endswith('.') else '.'}"
        for part in parts
        if part
    )
    return f"{sentence}<br>\n{escape(source.shows, quote=False)}"


def glossary(writer: Writer, block: Node) -> str:
    """All hard words by the alphabet; the pages link to their entries."""
    entries = []
    for word, term in sorted(writer.library.glossary.items(), key=lambda item: item[0].lower()):
        entry_id = slug(word)  # what links from other pages lead to
        if entry_id in writer.ids:
            writer.report.error(
                writer.line_of(block), f'Two parts of the page are "{entry_id}".', "Rename one."
            )
        writer.ids.add(entry_id)
        names = ", ".join(other_names(word, term))
        also = f" Also called: {escape(names, quote=False)}." if names else ""
        entries.append(
            f'<div id="{entry_id}"><dt><dfn>{escape(word, quote=False)}</dfn></dt>\n'
            f"<dd>{escape(term.meaning, quote=False)}{also}</dd></div>\n"
        )
    return f'<dl class="glossary">\n{"".join(entries)}</dl>\n'


def other_names(word: str, term: Term) -> list[str]:
    """The other words for it, without those that are its forms, such as the plural."""
    names: list[str] = []
    for form in term.also:
        if all(form[:4].lower() != known[:4].lower() for known in (word, *names)):
            names.append(form)
    return names
