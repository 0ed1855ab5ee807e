"""The lists of all sources and all glossary terms; plain Python."""

from html import escape

from markdown_it.tree import SyntaxTreeNode as Node

from kapsite.pages.render.writer import Writer
from kapsite.pages.syntax.data_schema import Source, Term
from kapsite.pages.syntax.slugs import slug

KINDS = {  # sections of the list, from the most to the least authoritative
    "Regulators, labels and law": ("regulator", "label", "law"),
    "Guidelines": ("guideline",),
    "Reviews of many studies": ("review",),
    "Trials": ("trial",),
    "Other studies in people": ("observational",),
    "Animal studies": ("animal",),
    "History": ("history",),
    "What clinics tell their patients": ("clinic",),
    "Cost": ("cost",),
    "Help in a crisis": ("crisis",),
    "News": ("news",),
    "How to write for patients": ("writing",),
}
READ = {  # what each check level means; M, from memory, is not listed
    "A": "We read the summary or opening of the original.",
    "B": "We read a report about it.",
}


def sources(writer: Writer, block: Node) -> str:
    """All sources by kind, what each shows, how it was read and which pages cite it."""
    parts, tag = [], writer.item_tag
    for heading, kinds in KINDS.items():
        rows = [
            source_row(writer, key, source)
            for key, source in (writer.library.sources or {}).items()
            if source.kind in kinds and source.check in READ
        ]
        if rows:
            heading_id = writer.free_id(heading)
            writer.ids.add(heading_id)
            parts.append(
                f'<{tag} id="{heading_id}">{heading}</{tag}>\n'
                f'<ul class="source-list">\n{"".join(rows)}</ul>\n'
            )
    return "".join(parts)


def source_row(writer: Writer, key: str, source: Source) -> str:
    writer.ids.add(key)
    pages = ", ".join(
        f'<a href="{path}">{escape(name, quote=False)}</a>'
        for path, name in writer.library.cited_by.get(key, ())
    )
    used = f" Cited on: {pages}" if pages else ""
    return f'<li id="{key}">{source_html(source)}<br>\n{READ[source.check]}{used}</li>\n'


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
    """All terms in alphabetical order; pages link to their entries."""
    entries = []
    for word, term in sorted(writer.library.glossary.items(), key=lambda item: item[0].lower()):
        entry_id = slug(word)  # what links from other pages lead to
        if entry_id in writer.ids:
            writer.error(block, f'Two parts of the page are "{entry_id}".', "Rename one.")
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
