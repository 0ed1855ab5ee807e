"""Places of other pages, and what becomes of each when a page changes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django import forms
from django.utils.text import Truncator, capfirst, get_text_list

from .mention import ROW, Mention
from .notation import Mark, sources_named

MOST_WORDS = 2_000  # of one place
KEEP, REWORD = "keep", "reword"


class Row(NamedTuple):
    title: str
    place: Mention
    choice: forms.BoundField
    words: forms.BoundField
    carried: str  # what becomes of its links and sources when it is said in other words


class PlacesForm(forms.Form):
    """For each place whether it stays as it is, and a box for other words. What else can be chosen
    is for each kind of change to say."""

    def __init__(self, data: Any, found: Sequence[Mention], titles: Mapping[str, str]):
        super().__init__(data)
        self.found, self.titles = found, titles
        for each in found:
            self.fields[each.key] = self.choice_of(each)
            self.fields[words_of(each)] = self.box_of(each)

    # What each kind of change says

    def options(self, each: Mention) -> list[tuple[str, str, str]]:
        """Each with its label and the place as it is then, "" where it goes."""
        return [(KEEP, "Keep it as it is", each.written)]

    def proposed(self, each: Mention) -> str:
        return KEEP

    def in_box(self, each: Mention) -> Mention:
        """The place as it stands in the box, to be said in other words."""
        return each

    def worded(self, each: Mention, words: str) -> Mention:
        """The place whose links and sources the ``words`` take along."""
        return each

    def unless(self, each: Mention) -> str:
        """When its sources don't stay, to follow the verb."""
        return ""

    def named(self, mark: Mark, each: Mention) -> str:
        """What stays with its words; "" if it goes."""
        return mark.name

    # What is the same for all

    def choice_of(self, each: Mention) -> forms.ChoiceField:
        options = [(value, label) for value, label, _ in self.options(each)]
        return forms.ChoiceField(
            choices=[*options, (REWORD, "Say it in these words:")],
            initial=self.proposed(each),
            widget=forms.RadioSelect,
            error_messages={"required": "Choose one of these."},
        )

    def box_of(self, each: Mention) -> forms.CharField:
        """For its words; where script runs, to type there chooses them."""
        words = self.in_box(each).typed
        box = {"rows": 3, "data-choice": f"{each.key}={REWORD}", "data-words": words}
        return forms.CharField(
            label="Other words",
            initial=words,
            required=False,
            widget=forms.Textarea(box),
            max_length=MOST_WORDS,
        )

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
        shown = self.in_box(each)
        marks = [mark for mark in shown.marks if not mark.is_line_end and not mark.is_source]
        if others := list(filter(None, (self.named(mark, each) for mark in marks))):
            verb = "stay with their" if len(others) > 1 else "stays with its"
            yield f"{capfirst(get_text_list(others, 'and'))} {verb} words."
        if sources := list(dict.fromkeys(shown.sources)):
            verb = "stay" if len(sources) > 1 else "stays"
            yield f"{capfirst(sources_named(sources))} {verb}{self.unless(each)}."

    def clean(self) -> None:
        """Words that were typed count, so that they are never dropped; and nothing goes because a
        box is empty."""
        for each in self.found:
            words, key = self.cleaned_data.get(words_of(each)), words_of(each)
            shown = self.in_box(each).typed
            if words and tidy(words) != shown:
                self.cleaned_data[each.key] = REWORD
            if self.cleaned_data.get(each.key) != REWORD:
                continue
            if words == "":
                start = Truncator(each.words).words(6, truncate=" …")
                self.add_error(key, f"Type the words for “{start}”, or make another choice.")
            elif words and each.thing == ROW and cells(words) != cells(shown):
                self.add_error(key, "Keep each | between the cells of the table.")

    def chosen(self) -> dict[Mention, str]:
        """Each place that changes with its new words, "" where it goes."""
        given = {each: self.given(each) for each in self.found}
        return {each: words for each, words in given.items() if words != each.written}

    def given(self, each: Mention) -> str:
        results = {value: written for value, _, written in self.options(each)}
        choice, words = self.cleaned_data[each.key], tidy(self.cleaned_data[words_of(each)])
        if choice in results:
            return results[choice]
        shown = self.in_box(each)
        return shown.written if words == shown.typed else self.worded(each, words).said_as(words)

    def lost(self) -> Iterator[str]:
        """What goes with words that were changed."""
        for each in self.found:
            if self.cleaned_data[each.key] == REWORD:
                words = tidy(self.cleaned_data[words_of(each)])
                for mark in self.worded(each, words).lost(words):
                    yield f"{self.titles[each.file]}: {mark.name} is removed with its words."


def words_of(each: Mention) -> str:
    return f"{each.key}-words"


def tidy(words: str) -> str:
    return " ".join(words.split())


def cells(words: str) -> int:
    return words.count("|")
