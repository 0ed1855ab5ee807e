"""Going back: what one change did is taken back, or the whole site becomes as it was.

Both make a proposal, which is published as a new version like any other change.
"""

from kapsite.editor.data_forms.files.data_files import data_file
from kapsite.editor.models import ContentVersion, changes, with_changes
from kapsite.editor.writing.drafts import with_both, with_unix_lines

from .page_changes import Changes, Proposal, Refused, Texts, path_of, removed, renamed, texts_of
from .what_changes import addresses


def is_image(name: str) -> bool:
    return name.startswith("images/")


def goes_back(name: str) -> bool:
    """Word lists and what staff say stay: they are changed with a text editor only."""
    is_edited = name.endswith(".md") or data_file(name) is not None
    return is_edited or is_image(name) or name == "signoffs.yaml"


def undone(
    version: ContentVersion, before: ContentVersion, current: ContentVersion
) -> tuple[Proposal, list[str]]:
    """Without what ``version`` changed, and with everything that came later; and the files for
    which both can't be. Raises Refused."""
    if moved := rename_in(version, before):
        old, new = moved
        if new not in current.files or old in current.files:
            return Proposal({}), [new]
        return Proposal(renamed(texts_of(current), new, old)), []
    proposal, conflicts = Proposal({}, {}), list[str]()
    for name in filter(goes_back, version.changes):
        was, became = before.files.get(name), version.files.get(name)
        here = name if became is None else name_in(current, name)
        now = current.files.get(here)
        if now == was:
            continue
        if now == became:
            take_back(proposal, name, before)
        elif not is_image(name) and (both := with_both(name, version, before, current, here)):
            proposal.texts[here] = both
        else:
            conflicts.append(name)
    return proposal, conflicts


def name_in(current: ContentVersion, name: str) -> str:
    """What a page is called now, if it got another address since."""
    if name in current.files or not name.endswith(".md"):
        return name
    target = addresses(texts_of(current)).get(path_of(name))
    return f"{target.strip('/')}.md" if target else name


def take_back(proposal: Proposal, name: str, before: ContentVersion) -> None:
    if is_image(name):
        proposal.images[name] = before.files.get(name)
    else:
        proposal.texts[name] = before.text_of(name) if name in before.files else None


def rename_in(version: ContentVersion, before: ContentVersion) -> tuple[str, str] | None:
    """The old and the new name of a page, if giving it another address is all that was done."""
    pages = [name for name in version.changes if name.endswith(".md")]
    gone = [name for name in pages if name not in version.files]
    added = [name for name in pages if name not in before.files]
    if len(gone) != 1 or len(added) != 1:
        return None
    try:
        expected = renamed(texts_of(before), gone[0], added[0])
    except Refused:
        return None
    texts = texts_of(version)
    is_all = expected.keys() == version.changes.keys() and all(
        text is None or with_unix_lines(text) == with_unix_lines(texts[name])
        for name, text in expected.items()
    )
    return (gone[0], added[0]) if is_all else None


def as_in(version: ContentVersion, current: ContentVersion) -> Proposal:
    """All pages and data as in ``version``. Images that were added since stay."""
    proposal = Proposal({}, {})
    for name, sha256 in changes(current.files, version.files).items():
        if goes_back(name) and not (is_image(name) and not sha256):
            take_back(proposal, name, version)
    return proposal


def leading_nowhere(texts: Texts, wanted: Changes) -> list[str]:
    """Pages that go, without another one to which their address leads."""
    kept = addresses(with_changes(texts, wanted))
    gone = [name for name, text in wanted.items() if text is None and name.endswith(".md")]
    return [name for name in gone if path_of(name) not in kept]


def led_to(instead: str, names: list[str], texts: Texts, wanted: Changes) -> Changes:
    """The same change, with readers of the pages ``names`` led to another one. Raises Refused."""
    after = with_changes(texts, {each: text for each, text in wanted.items() if each not in names})
    for name in names:
        after = with_changes(after, removed(after, name, instead))
    return changes(texts, after)
