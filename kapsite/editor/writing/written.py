"""What an editor wrote: the text of a page, or its body below a form for its front matter."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.http import QueryDict
from django.utils.html import format_html

from kapsite.content_files.problems import Problem
from kapsite.content_files.text_file import LARGEST_FILE
from kapsite.content_files.yaml_reader import Place
from kapsite.editor.data_forms.fields.group_lists import show_at
from kapsite.editor.data_forms.fields.groups import Group
from kapsite.editor.data_forms.fields.sections import ShownSection, in_sections
from kapsite.editor.data_forms.files import front_matter
from kapsite.editor.data_forms.words.field_names import FieldNames
from kapsite.editor.models import ContentVersion

from .drafts import Editing
from .followed_title import other_short_title, with_followers
from .forms import MENUS, MOST_OF_TITLE, PageForm
from .pasted import tidied

if TYPE_CHECKING:
    from kapsite.pages.load.page_file import Draft
    from kapsite.pages.load.site import Site

    from .previews.preview import Checked

STILL_CALLED = (
    "{} In menus and lists it is still called “{}”. <a href='#{}'>Change the short title</a>"
)
LINE = re.compile(r"(?<=\b[Ll]ine )\d+|(?<=\blines )\d+")


def new_page(title: str = "", menu: str = "") -> str:
    """How a page begins; ``title`` and ``menu`` as they came."""
    first = f" {json.dumps(title[:MOST_OF_TITLE], ensure_ascii=False)}" if title else ""
    shown = f"menu_in: {menu}\n" if menu in dict(MENUS) else ""
    return f"---\ntitle:{first}\ndescription:\n{shown}---\n\n"


@dataclass(frozen=True)
class Spot:
    """Where something is: a line of what was typed, or a field of the form above it."""

    href: str
    label: str
    line: int | None = None


class Written:
    """A page in the browser. ``form`` has its text; ``meta``, if there is one, its front matter."""

    def __init__(self, editing: Editing, form: PageForm, meta: Group | None, base: str):
        self.editing, self.form, self.meta, self.base = editing, form, meta, base
        self.is_checked = False

    @classmethod
    def begun(
        cls, editing: Editing, text: str | None = None, began_with: int | None = None, as_text=False
    ) -> Written:
        """The page to write on, as it is or with a ``text`` that isn't saved."""
        whole = (editing.text or new_page()) if text is None else text
        meta = None if as_text else front_matter.front_matter_form(whole)
        initial = {
            "text": front_matter.body_of(whole) if meta else whole,
            "began_with": began_with or editing.shown.pk,
            "shape": "form" if meta else "text",
        }
        return cls(editing, PageForm(initial=initial), meta, whole)

    @classmethod
    def posted(cls, editing: Editing, data: QueryDict) -> Written:
        form = PageForm(data)
        if data.get("shape") != "form":
            return cls(editing, form, None, "")
        form.fields["text"].required = False  # a page may begin with its title
        base = text_in(data.get("began_with", ""), editing)
        meta = front_matter.front_matter_form(base, data)
        if meta is None:
            form.add_error(None, "Part of this form did not arrive. Load the page again.")
        return cls(editing, form, meta, base)

    @property
    def is_valid(self) -> bool:
        return all([self.form.is_valid(), self.meta is None or self.meta.is_valid()])

    @property
    def text(self) -> str:
        """All of the page, once it is valid."""
        text = self.form.cleaned_data["text"].replace("\r\n", "\n")
        if self.meta:
            text = front_matter.with_values(self.base, self.meta.values(), text)
            text = with_followers(self.base, text, self.editing.current)
        return tidied(text)

    @property
    def shown_text(self) -> str:
        """As much of it as can be checked."""
        if not self.form.is_bound:
            return self.base
        if self.is_valid:
            return self.text
        typed = self.form["text"].value() or ""
        return typed if self.meta is None and len(typed) <= LARGEST_FILE else ""

    @property
    def sections(self) -> list[ShownSection]:
        if self.meta is None:
            return []
        if short := other_short_title(
            self.editing.current.text_of(self.editing.file), self.shown_text
        ):
            title, menu = self.meta.fields["title"], self.meta["menu"].auto_id
            title.help_text = format_html(STILL_CALLED, title.help_text, short, menu)
        return list(in_sections(self.meta, front_matter.SECTIONS))

    def again(self, text: str, as_text: bool | None = None) -> Written:
        """The same page with another text, to write on."""
        as_text = self.meta is None if as_text is None else as_text
        began_with = self.form.cleaned_data["began_with"]
        return Written.begun(self.editing, text, began_with, as_text)

    # Where something is

    def spot(self, line: int, draft: Draft, place: Place = ()) -> Spot:
        """``place`` is that of a value in the front matter, where it is known."""
        parsed, above = draft.document.parsed, self.lines_above(draft)
        if self.meta is None or (line > above and not place):
            return Spot("#id_text", f"Line {line - above}", line - above)
        if parsed:
            place = place or parsed.innermost(line)
        place = place or ("title",)
        field = self.meta.field_at(place)
        if field is None:
            return Spot("#id_meta-title", "About this page")
        return Spot(f"#{field.auto_id}", FieldNames(self.editing.file, {}).label(place))

    def names(self, site: Site, here: str) -> FieldNames:
        return FieldNames.of(self.editing.file, site, here=here, as_text=self.meta is None)

    def show_at_fields(self, problems: list[Problem], names: FieldNames) -> None:
        """Errors in the front matter stand at its fields too."""
        for problem in problems:
            is_placed = problem.place and problem.level == "error"
            field = self.meta.field_at(problem.place) if self.meta and is_placed else None
            if field is not None:
                show_at(field, names.at_field(problem))

    def problem(
        self, problem: Problem, draft: Draft, names: FieldNames
    ) -> tuple[Spot, str, str, str]:
        """Where it is, what it says, with the lines as they are seen here, the fix, the level."""
        spot = self.spot(problem.line, draft, problem.place)
        seen = self.with_lines(problem, draft)
        return spot, names.message(seen), names.fix(seen), problem.level

    def lines_above(self, draft: Draft) -> int:
        """Lines of the file above what is typed."""
        if self.meta is None:
            return 0
        return draft.document.body_line - 1 + front_matter.empty_lines(self.base)

    def with_lines(self, problem: Problem, draft: Draft) -> Problem:
        """The problem with the lines of what was typed, which has none of the front matter."""
        above = self.lines_above(draft)
        message, fix = (
            LINE.sub(lambda number: str(max(1, int(number[0]) - above)), words)
            for words in (problem.message, problem.fix)
        )
        return replace(problem, message=message, fix=fix)

    def beside(self, checked: Checked | None) -> dict[str, Any]:
        """What stands beside the text."""
        self.is_checked = checked is not None
        if checked is None:
            return {}
        draft, names = checked.draft, self.names(checked.site, here=self.editing.file)
        self.show_at_fields(checked.problems, names)
        reading = checked.reading
        return {
            "problems": [self.problem(each, draft, names) for each in checked.problems],
            "unsourced": [self.spot(each.line, draft) for each in checked.unsourced],
            "reading": reading,
            "reading_limit": checked.reading_limit,
            "hardest": [
                (self.spot(each.sentence.line, draft), each)
                for each in (reading.hardest if reading else ())
            ],
        }


def text_in(pk: str, editing: Editing) -> str:
    """What the page was when someone began to write."""
    version = ContentVersion.objects.numbered(pk)
    return (version.text_of(editing.file) if version else editing.text) or new_page()
