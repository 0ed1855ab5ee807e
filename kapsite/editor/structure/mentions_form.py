"""What becomes of the places that name a page, for someone who removes it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django import forms
from django.utils.text import Truncator, capfirst, get_text_list

from .mentions import ROW, Mention
from .notation import Mark
from .page_changes import link_to

MOST_WORDS = 2_000  # of one place


class Row(NamedTuple):
    title: str
    place: Mention
    choice: forms.BoundField
    words: forms.BoundField
    carried: str  # what becomes of its links and sources when it is said in other words


class MentionsForm(forms.Form):
    """For each place that links to a page or names it: whether it goes with the page."""

    def __init__(
        self,
        data: Any,
        found: Sequence[Mention],
        titles: Mapping[str, str],
        path: str,
        instead: str,
    ):
        super().__init__(data)
        self.found, self.titles, self.path, self.instead = found, titles, path, instead
        for each in found:
            self.fields[each.key] = self.choice_of(each)
            self.fields[words_of(each)] = box_of(each)

    def choice_of(self, each: Mention) -> forms.ChoiceField:
        return forms.ChoiceField(
            choices=[
                ("keep", self.kept(each)),
                ("remove", f"Remove this {each.thing}"),
                ("reword", "Say it in these words:"),
            ],
            initial="remove" if each.is_only_link else "keep",
            widget=forms.RadioSelect,
            error_messages={"required": "Choose one of these."},
        )

    def kept(self, each: Mention) -> str:
        if each.is_linked and each.file == self.instead:
            return "Keep the words, without the link"
        if each.is_linked:
            return f"Keep the words, with the link to “{self.titles[self.instead]}”"
        return "Keep it as it is"

    def rows(self) -> list[Row]:
        return [
            Row(
                self.titles[each.file],
                each,
                self[each.key],
                self[words_of(each)],
                " ".join(self.carried(each)),
            )
            for each in self.found
        ]

    def carried(self, each: Mention) -> Iterator[str]:
        marks = [mark for mark in each.marks if not mark.is_line_end]
        sources = [mark.name for mark in marks if mark.is_source]
        others = [self.named(mark) for mark in marks if not self.goes(mark, each)]
        if others := [name for name in others if name not in sources]:
            verb = "stay with their" if len(others) > 1 else "stays with its"
            yield f"{capfirst(get_text_list(others, 'and'))} {verb} words."
        if sources:
            verb = "stay" if len(sources) > 1 else "stays"
            yield f"{capfirst(get_text_list(sources, 'and'))} {verb} in any case."

    def goes(self, mark: Mark, each: Mention) -> bool:
        return self.leads_to_it(mark) and each.file == self.instead

    def leads_to_it(self, mark: Mark) -> bool:
        return bool(link_to(self.path).fullmatch(mark.target))

    def named(self, mark: Mark) -> str:
        if self.leads_to_it(mark):
            return f"{mark.name} (which then leads to “{self.titles[self.instead]}”)"
        return mark.name

    def chosen(self) -> dict[Mention, str]:
        """Each place that changes with its new words, "" where it goes."""
        given = {each: self.given(each) for each in self.found}
        return {each: words for each, words in given.items() if words != each.written}

    def clean(self) -> None:
        """Words that were typed count, so that they are never dropped; and nothing goes because a
        box is empty."""
        for each in self.found:
            words, key = self.cleaned_data.get(words_of(each)), words_of(each)
            if words and tidy(words) != each.typed:
                self.cleaned_data[each.key] = "reword"
            if self.cleaned_data.get(each.key) != "reword":
                continue
            if words == "":
                start = Truncator(each.words).words(6, truncate=" …")
                self.add_error(key, f"Type the words for “{start}”, or choose to remove it.")
            elif words and each.thing == ROW and cells(words) != cells(each.typed):
                self.add_error(key, "Keep each | between the cells of the table.")

    def given(self, each: Mention) -> str:
        choice, words = self.cleaned_data[each.key], tidy(self.cleaned_data[words_of(each)])
        if choice == "remove":
            return ""
        is_same = choice == "keep" or words == each.typed
        return each.written if is_same else each.said_as(words)

    def lost(self) -> Iterator[str]:
        """What goes with words that were changed."""
        for each in self.found:
            if self.cleaned_data[each.key] == "reword":
                words = tidy(self.cleaned_data[words_of(each)])
                for part, cell in each.divided(words):
                    for mark in part.lost(cell):
                        yield f"{self.titles[each.file]}: {mark.name} goes, as its words do."


def box_of(each: Mention) -> forms.CharField:
    """For its words; where script runs, to type there chooses them."""
    box = {"rows": 3, "data-choice": f"{each.key}=reword", "data-words": each.typed}
    return forms.CharField(
        label="Other words",
        initial=each.typed,
        required=False,
        widget=forms.Textarea(box),
        max_length=MOST_WORDS,
    )


def words_of(each: Mention) -> str:
    return f"{each.key}-words"


def tidy(words: str) -> str:
    return " ".join(words.split())


def cells(words: str) -> int:
    return words.count("|")
