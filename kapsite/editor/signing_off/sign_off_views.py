"""The pages on which a clinician reads medical text and signs it off."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_safe

from kapsite.accounts.pages import StaffRequest
from kapsite.clinic import days
from kapsite.editor.models import Blob, ContentVersion, Kind, Publication
from kapsite.editor.versions import history
from kapsite.editor.versions.titles import titles_of
from kapsite.editor.view_base import editor_view, publication_state, shown
from kapsite.editor.writing.previews.aside import aside, site_aside

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from kapsite.pages.check.sign_offs import Passage
    from kapsite.pages.load.site import Site
    from kapsite.pages.syntax.data_schema import Source

SENT = "Signed off. The list and the history show it in a few seconds."
NONE_READ = "The text has changed since you opened it. Read what is shown now, then sign it off."


class SignOffForm(forms.Form):
    """Who has read the texts and approves them: typed, since an account may have another name."""

    name = forms.CharField(
        label="Your full name", max_length=80, error_messages={"required": "Type your name."}
    )
    credential = forms.CharField(
        label="Your credential",
        help_text="As readers know it, such as MD, or Licensed psychologist.",
        max_length=60,
        error_messages={"required": "Type your credential."},
    )
    texts = forms.CharField(widget=forms.HiddenInput, max_length=40_000)
    is_read = forms.BooleanField(
        label="I have read everything in this list, and I approve it as it stands.",
        error_messages={"required": "Check this box once you have read the list."},
    )

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        if len(name.split()) < 2:
            raise ValidationError("Type your first and last name.")
        return name


@editor_view("sign_off")
@require_safe
def sign_offs(request: StaffRequest) -> HttpResponse:
    """Every file with medical text: how much of it nobody has signed off, and what lapsed."""
    current = history.up_to_date()
    found = aside(counted, site_aside(current.pk))
    titles = titles_of(current, [name for name, *_ in found])
    rows = [(titles[name], name, *rest) for name, *rest in found]
    context = {"rows": rows} | publication_state(request)
    return shown(request, "sign_offs.html", "Sign-offs", **context)


def counted(site: Site) -> list[tuple]:
    """Each file with its texts: all of them, those that wait, and the last sign-off."""
    from kapsite.pages.check.sign_offs import lapsed, passages, unsigned_among

    found = list(passages(site))
    counts = Counter(passage.file for passage in found)
    waiting = Counter(passage.file for passage in unsigned_among(found, site))
    ended = lapsed(found, site)
    last = {entry.file: entry for entry in site.data.sign_offs or ()}
    return [
        (file.partition("/")[2], number, waiting[file], last.get(file), file in ended)
        for file, number in sorted(counts.items(), key=lambda item: (-waiting[item[0]], item[0]))
    ]


@editor_view("sign_off")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_off(request: StaffRequest, name: str) -> HttpResponse:
    """The texts of one file that wait, and who approves them."""
    from kapsite.pages.check.sign_offs import lapsed, passages, unsigned_among

    from .sign_off import signed_text

    current = history.up_to_date()
    site = site_aside(current.pk)
    file, title = site.name(name), titles_of(current, [name])[name]
    if not (found := aside(lambda: list(passages(site, file)))):
        raise Http404
    waiting = unsigned_among(found, site)
    hashes = " ".join(passage.hash for passage in waiting)
    form = SignOffForm(request.POST or None, initial={"texts": hashes})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        seen = set(given["texts"].split()) & {passage.hash for passage in waiting}
        if seen:
            signer = f"{given['name']}, {given['credential']}"
            content = aside(signed_text, signer, file, site, days.today(), seen).encode()
            ask_for(current, content, f"{title}, by {signer}"[:200], request.user)
            messages.success(request, SENT)
            return redirect("editor:sign_offs")
        form.add_error(None, NONE_READ)
    if form.is_bound:  # the next press is about what is shown now
        form.data = {**request.POST.dict(), "texts": hashes}
    path = next((draft.path for draft in site.drafts if draft.file == file), "")
    earlier, sources = lapsed(found, site).get(file), cited(waiting, site)
    context = {"waiting": once_each(waiting), "form": form, "path": path, "earlier": earlier}
    return shown(request, "sign_off.html", f"Sign off {title}", sources=sources, **context)


def once_each(waiting: list[Passage]) -> list[tuple[int, str, str]]:
    """The line and the text of each, with its sources; a text that has an exemption waits with it,
    and is shown with its reason."""
    from kapsite.pages.check.sign_offs import EXEMPT

    reasons = {each: each.text.removeprefix(EXEMPT) for each in waiting if each.is_exemption}
    rows = []
    for each in waiting:
        if each.is_exemption:
            continue
        own = [
            found
            for found, start in reasons.items()
            if not each.depends_on and each.text.lower().startswith(start.lower())
        ]
        why = [f"No source: {found.depends_on}" for found in own]
        rows.append((each.line, each.text, each.depends_on or " ".join(why) or "No source"))
        reasons = {found: start for found, start in reasons.items() if found not in own}
    rows += [(each.line, start, f"No source: {each.depends_on}") for each, start in reasons.items()]
    return sorted(rows, key=lambda row: row[0])


def cited(waiting: list[Passage], site: Site) -> list[tuple[str, Source]]:
    """The sources of these texts, to be read beside them."""
    keys = {key for passage in waiting for key in passage.depends_on.split(", ")}
    return [(key, source) for key, source in (site.data.sources or {}).items() if key in keys]


def ask_for(current: ContentVersion, sign_offs: bytes, reason: str, by: User) -> None:
    """Ask the worker to publish the list with this sign-off."""
    from kapsite.pages.check.sign_offs import FILE

    files = current.files | {FILE: Blob.objects.keep(sign_offs)}
    Publication.objects.ask(current, files, by, reason, Kind.SIGN_OFF)
