"""A link that shows one draft to someone without an account, for a week at most."""

from datetime import timedelta
from functools import lru_cache
from http import HTTPStatus

from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from kapsite.clinic import days
from kapsite.editor.images import prepared
from kapsite.editor.models import ContentVersion, Kind
from kapsite.editor.writing.drafts import Editing

from .aside import aside

LIFE = timedelta(days=7)
signer = TimestampSigner(salt="draft of a page")


def link_to(draft: ContentVersion) -> str:
    return settings.SITE_URL + reverse("draft", args=[signer.sign(str(draft.pk))])


@require_safe
def show_draft(request: HttpRequest, token: str) -> HttpResponse:
    """The draft as it was saved last, as readers would get it. The link ends, and says so, when
    the draft is published or discarded."""
    html = html_for(token)
    if html is None:
        return render(request, "editor/draft_over.html", status=HTTPStatus.GONE)
    if not html:
        return render(request, "editor/draft_not_shown.html", status=HTTPStatus.NOT_FOUND)
    images = reverse("draft_image", args=[token, "-"]).removesuffix("-")
    return HttpResponse(prepared.with_images(html, images))


@require_safe
def show_image(request: HttpRequest, token: str, name: str) -> HttpResponse:
    """An image of the draft that isn't published yet."""
    if name not in prepared.shown_in(html_for(token) or ""):
        raise Http404
    return prepared.answer(name)


def html_for(token: str) -> str | None:
    """The draft that ``token`` is for, with its images as they will be published; None when the
    link has ended, and "" while the draft can't be shown. Raises Http404."""
    try:
        pk = int(signer.unsign(token, max_age=LIFE))
        draft = newest_of(pk)
    except SignatureExpired:
        draft = None
    except (BadSignature, ValueError):
        raise Http404 from None
    if draft is None:
        return None
    current = ContentVersion.objects.current()
    return html_of(draft.pk, draft.file, current.pk if current else 0)


def newest_of(pk: int) -> ContentVersion | None:
    """The draft of this number as it was saved last. One that was begun after this one was
    published or discarded is another draft."""
    saved = ContentVersion.objects.filter(pk=pk, kind=Kind.DRAFT, ended_at=None).first()
    return ContentVersion.objects.draft_of(saved.file) if saved else None


@lru_cache(maxsize=8)  # who has the link may load it as often as they like
def html_of(pk: int, file: str, current: int) -> str:
    """ "" while its front matter can't be read: that is remembered, too."""
    from . import preview  # here: what reads content is large, and only editors need it

    draft = ContentVersion.objects.get(pk=pk)
    page = Editing(ContentVersion.objects.get(pk=current), draft, file)
    checked = aside(preview.check, page.current, file, page.text, days.today())
    return aside(checked.html, days.today())
