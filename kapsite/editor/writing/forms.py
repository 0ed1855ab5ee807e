import re
from collections.abc import Mapping
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.urls import reverse
from django.utils.text import slugify

from kapsite.content_files.text_file import LARGEST_FILE
from kapsite.editor.data_forms.fields.inputs import named
from kapsite.editor.data_forms.files.data_files import CHART
from kapsite.editor.data_forms.files.file_parts import DataFile
from kapsite.pages.syntax.chart_schema import KIND_WORDS

MENUS = named(("header", "footer", "none"))  # as in the form of a page
MOST_OF_TITLE = 70  # characters; see page_schema
NAME = re.compile(r"([a-z0-9-]+/)?[a-z0-9-]+\.md")
TOO_LONG = (
    "This is too long for a page: %(show_value)s characters, and %(limit_value)s at most. It isn’t "
    "saved, and nothing of it is lost: it is all still here. Take out what was pasted with it, or "
    "make several pages of it."
)


class PageForm(forms.Form):
    """The text of a page, and the version that it was written from."""

    text = forms.CharField(
        label="Text of the page",
        widget=forms.Textarea(
            {"rows": 28, "spellcheck": "true", "autocomplete": "off", "data-most": LARGEST_FILE}
        ),
        strip=False,
        # With max_length a browser would cut off what is pasted, and say nothing.
        validators=[MaxLengthValidator(LARGEST_FILE)],
        error_messages={"max_length": TOO_LONG, "required": "Write the text of the page."},
    )
    began_with = forms.IntegerField(min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    shape = forms.ChoiceField(  # the front matter: in a form of its own, or at the top of the text
        choices=[("form", ""), ("text", "")], required=False, widget=forms.HiddenInput
    )


class InsertForm(forms.Form):
    """What goes into the text without script, and after which line."""

    insert = forms.CharField(max_length=2_000, strip=False)
    after = forms.IntegerField(min_value=1, required=False)


class AddressForm(forms.Form):
    present = ""  # of a page that has one

    name = forms.CharField(
        label="New address",
        help_text="Lowercase letters, digits and hyphens, like group-sessions. "
        "For a page below Benefits: benefits/name.",
        max_length=100,
    )

    def __init__(self, *args, taken=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.taken = taken

    def clean_name(self) -> str:
        name = self.cleaned_data["name"].strip().strip("/").lower().removesuffix(".md") + ".md"
        if not NAME.fullmatch(name):
            raise ValidationError(
                "Use only lowercase letters, digits and hyphens, like group-sessions."
            )
        if name == self.present:
            raise ValidationError("The page has this address already. Type another one.")
        if name in self.taken:
            raise ValidationError("There is a page with this address. Open it in the list.")
        return name


class NewAddressForm(AddressForm):
    """It begins with the address that the page has, so that the page stays in its section."""

    def __init__(self, *args, present: str, titles: Mapping[str, str], typed: str = "", **kwargs):
        path = present.removesuffix(".md")
        initial = {"name": typed or path} if present != "index.md" else {}
        super().__init__(*args, taken=titles, initial=initial, **kwargs)
        self.present, section = present, path.rpartition("/")[0]
        if section:
            above = titles.get(f"{section}.md", section)
            self.fields["name"].help_text = (
                "Lowercase letters, digits and hyphens. "
                f"With {section}/ at its beginning, the page stays below “{above}”."
            )


class NewPageForm(AddressForm):
    """A page begins with its title, which makes an address too."""

    title = forms.CharField(label="Title of the page", max_length=MOST_OF_TITLE)
    menu = forms.ChoiceField(
        label="Menu that leads to it", choices=MENUS, initial="footer", required=False
    )
    field_order = ("title", "name", "menu")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        name = self.fields["name"]
        name.label, name.required = "Address (optional)", False
        name.help_text += " Left empty, it is made from the title."

    def clean_name(self) -> str:
        if "title" not in self.cleaned_data:  # which says so itself
            return ""
        self.cleaned_data["name"] = self.cleaned_data["name"] or slugify(self.cleaned_data["title"])
        return super().clean_name()

    @property
    def address(self) -> str:
        """Where the page is written, with what is known of it."""
        known = {"title": self.cleaned_data["title"], "menu": self.cleaned_data["menu"]}
        return f"{reverse('editor:page', args=[self.cleaned_data['name']])}?{urlencode(known)}"


class EntryForm(forms.Form):
    """The name of a new entry of a data file."""

    name = forms.CharField(max_length=60)

    def __init__(self, file: DataFile, entries, data=None):
        super().__init__(data, initial={"name": file.free_name(entries)})
        self.file, self.entries = file, entries
        self.fields["name"].label = f"Name of the new {file.noun}"
        self.fields["name"].help_text = file.name_help

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if problem := self.file.problem_with_name(name, self.entries):
            raise ValidationError(problem)
        return name


class NewChartForm(forms.Form):
    name = forms.CharField(
        label="Short name of the new chart",
        help_text="A few words, like Sleep after a week. Readers see the title, not this.",
        max_length=60,
    )
    kind = forms.ChoiceField(label="Kind of chart", choices=list(KIND_WORDS.items()))

    def __init__(self, *args, taken=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.taken = taken

    def clean_name(self) -> str:
        name = slugify(self.cleaned_data["name"])
        if not CHART.fullmatch(f"charts/{name}.yaml"):
            raise ValidationError("Use letters and digits, like Sleep after a week.")
        if f"charts/{name}.yaml" in self.taken:
            raise ValidationError("There is a chart with this name. Open it in the list.")
        return name
