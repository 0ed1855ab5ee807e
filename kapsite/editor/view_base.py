"""What the pages of the editor share: who may open them, what they open, how they are shown."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect, UnreadablePostError
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from kapsite.accounts.pages import StaffRequest
from kapsite.editor.models import Publication
from kapsite.editor.writing.drafts import Editing
from kapsite.editor.writing.forms import NAME
from kapsite.security.wsgi.error_pages import error_page

from .data_forms.files.data_files import data_file
from .versions import history
from .writing import drafts

UNCHANGED = "Nothing is changed, so there is no draft."
SAVED = "Saved as a draft. Readers don’t see it yet."
PUBLISHED = "published"  # in the session: until when was shown on visits before, and on this one
TOLD = "told"  # in the session: the publications that the page of a draft said itself
MOST_NAMED = 3  # publications in one sentence
NOT_SAVED = (
    "This could not be saved: the server can’t write right now, perhaps because its disk is full. "
    "Your text is still here. Copy it somewhere safe, tell the server’s operator, and save again."
)


def saved(request: StaffRequest, editing: Editing, text: str, address: str) -> HttpResponse:
    """Back to the form of ``text``, which is a draft now if it differs."""
    is_draft = editing.draft or not editing.is_shown(text)
    messages.success(request, SAVED if is_draft else UNCHANGED)
    return redirect(address)


def received(request: StaffRequest) -> HttpResponse | None:
    """Read what was posted; the response if that fails."""
    try:
        _ = request.POST
    except UnreadablePostError:
        return HttpResponse(error_page(503), status=503)
    return None


def accepted(response: HttpResponse) -> HttpResponse:
    """Where a form leads on, what was sent is no longer kept in the tab: desk.js reads this."""
    if isinstance(response, HttpResponseRedirect) and "#" not in response.url:
        response["Location"] += "#saved-page"
    return response


def editor_view(
    permission: str, receive: Callable[[StaffRequest], HttpResponse | None] = received
) -> Callable:
    """For those who are signed in with a second factor and have ``permission``.

    Nothing long is read until that is known: what checks the form's token reads it, so it comes
    after the permission.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def checked(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.has_perm(f"editor.{permission}"):
                raise PermissionDenied
            if request.method == "POST" and (failure := receive(request)):
                return failure
            response = csrf_protect(view)(request, *args, **kwargs)
            return accepted(response) if request.method == "POST" else response

        checked.csrf_exempt = True  # type: ignore[attr-defined]
        return csrf_exempt(admin.site.admin_view(checked))

    return decorate


def shown(request: StaffRequest, template: str, title: str, **context: Any) -> HttpResponse:
    if "X-Background" in request.headers and "editing" in context:
        tell(request, context["editing"])
    return render(
        request, f"editor/{template}", admin.site.each_context(request) | {"title": title} | context
    )


def publication_state(request: StaffRequest) -> dict[str, Any]:
    """As ``Publication.objects.state()``; what was published is in it until the next visit. A page
    that renews itself goes on with the visit."""
    state = Publication.objects.state()
    before, seen = request.session.get(PUBLISHED, (0, 0))
    if "X-Background" not in request.headers:
        before = seen
    told = request.session.get(TOLD, ())
    state["published"] = [
        each
        for each in state["published"]
        if each.done_at.timestamp() > before and each.pk not in told
    ]
    names = list(dict.fromkeys(each.version.quoted for each in state["published"]))
    state["published_names"] = names[:MOST_NAMED] + ["more"] * bool(names[MOST_NAMED:])
    times = [seen, *(each.done_at.timestamp() for each in state["published"])]
    request.session[PUBLISHED] = [before, max(times)]
    return state


def tell(request: StaffRequest, editing: Editing) -> None:
    """The page of a draft, which renews itself, says that it is published: others need not."""
    if editing.way:
        return
    done = Publication.objects.just_done(timezone.now())
    request.session[TOLD] = [each.pk for each in done if editing.file in each.version.changes]


def open_page(name: str) -> Editing:
    if not NAME.fullmatch(name):
        raise Http404
    return open_file(name)


def open_file(name: str) -> Editing:
    """A page, or a data file that has a form."""
    if not (NAME.fullmatch(name) or data_file(name)):
        raise Http404
    return drafts.begin_editing(history.up_to_date(), name)
