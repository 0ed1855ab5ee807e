"""What an editor gives with an image: the file, a name, and what it shows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from kapsite.editor.models import Files

from . import uploads


class UploadForm(forms.Form):
    """A new image, or with ``replaces`` another one in the place of one that is there."""

    file = forms.FileField(
        label="Image",
        help_text="A JPEG, PNG or WebP file of up to 15 MB. Place, time and camera are taken out.",
        widget=forms.FileInput({"accept": "image/jpeg,image/png,image/webp"}),
        error_messages={
            "required": "Choose an image on your computer.",
            "empty": uploads.what_it_is(b""),
        },
    )
    name = forms.CharField(
        label="A name for it",
        help_text="A few words, such as: entrance with ramp. They become part of its address.",
        max_length=80,
        required=False,
    )
    alternative = forms.CharField(
        label="What does it show?",
        help_text="For people who can’t see it: what they would miss without it, in one sentence.",
        max_length=250,
        required=False,
    )
    replaces = forms.CharField(required=False, max_length=120, widget=forms.HiddenInput)

    def __init__(self, *args: Any, there: Files, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.there = there

    def clean_file(self):
        file = self.cleaned_data["file"]
        head = file.read(12)
        if not uploads.kind_of(head):
            raise ValidationError(uploads.what_it_is(head))
        return file

    def clean_replaces(self) -> str:
        name = self.cleaned_data["replaces"]
        if name and name not in self.there:
            raise ValidationError("This image has been removed. Upload it as a new one.")
        return name

    def clean(self):
        given = self.cleaned_data
        if not given.get("replaces") and "replaces" in given:
            self.check_new(given)
        return given

    def check_new(self, given: dict[str, Any]) -> None:
        from kapsite.pages.render.images import is_file_name
        from kapsite.pages.syntax.slugs import slug

        given["name"] = re.sub(
            r"\.(jpe?g|png|webp|gif|heic)$", "", given.get("name", ""), flags=re.I
        )
        stem = slug(given["name"])[:60].rstrip("-")
        if not re.search(r"[a-z0-9]", slug(f"x{given['name']}")[1:]):
            self.add_error("name", "Type a few words with Latin letters or digits.")
        elif {Path(name).with_suffix("").as_posix() for name in self.there} & {f"images/{stem}"}:
            self.add_error(
                "name", f"There is an image “{stem}”. Choose another name, or replace it."
            )
        given["name"] = f"images/{stem}"
        words = " ".join(given.get("alternative", "").split())
        given["alternative"] = words.replace("[", "(").replace("]", ")")
        if not words or is_file_name(words, given["name"]):
            self.add_error("alternative", "Say what the image shows, in a few words.")
