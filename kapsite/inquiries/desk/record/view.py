"""The record: one request, its history, and what staff do with it."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from kapsite.inquiries.desk.inbox.behind import label_behind, neighbors
from kapsite.inquiries.desk.page_parts.addresses import (
    LIST,
    address,
    address_of_day,
    address_of_list,
    carried,
)
from kapsite.inquiries.desk.page_parts.admin_page import admin_page
from kapsite.inquiries.desk.page_parts.permissions import SHOW_MESSAGE
from kapsite.inquiries.desk.page_parts.undo import undo_bar
from kapsite.inquiries.desk.steps.base import Conflict, NeedsConfirmation, NotPossible
from kapsite.inquiries.desk.steps.registry import BY_NAME
from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.choices import ActivityKind
from kapsite.inquiries.models.logs.access_log import Act, log_access
from kapsite.text import cleaning
from kapsite.text.numbers import number_in

from . import late
from .access import find, log_viewing, message_of, of_request
from .page import Conflicting, record_page
from .timeline import since

PRINT = "inquiries.print_inquiry"
FOLDED = "messages_folded"  # in the session: messages are shown only when asked for


class Record(admin.ModelAdmin):
    """The change view and what belongs to it."""

    def change_view(self, request, object_id, form_url="", extra_context=None):
        return self.record_view(request, object_id)

    def delete_view(self, request, object_id, extra_context=None):
        raise PermissionDenied

    def history_view(self, request, object_id, extra_context=None):
        """The record shows its own history, to those who may see it."""
        raise PermissionDenied

    @of_request("GET", "HEAD")
    def record_view(self, request, inquiry):
        pane, length = (request.GET.get(name, "") for name in ("step", "length"))
        return self.show(request, inquiry, pane=pane, length=length)

    @of_request("POST")
    def message_view(self, request, inquiry):
        """Show one message, or choose if messages come with the page until one signs out."""
        if not request.user.has_perm(SHOW_MESSAGE):
            raise PermissionDenied
        if "fold" in request.POST:
            request.session[FOLDED] = request.POST["fold"] == "yes"
            return redirect(address(request, "change", inquiry.pk))
        return self.show(request, inquiry, with_message=True)

    @of_request("POST")
    def print_view(self, request, inquiry):
        with_message = "message" in request.POST
        if not request.user.has_perms([PRINT, SHOW_MESSAGE] if with_message else [PRINT]):
            raise PermissionDenied
        log_viewing(request, inquiry, printed=True, with_message=with_message)
        return self.page(request, "print", inquiry, with_message)

    @method_decorator(sensitive_post_parameters())
    @of_request("POST")
    def step_view(self, request, inquiry, name):
        self.check_step(request, name)
        step = BY_NAME[name](inquiry, request.user, request.POST)
        version = number_in(request.POST.get("version", ""))
        try:
            is_valid = step.is_offered and step.is_valid()
            if is_valid and step.is_repeated:
                return self.saved(request, inquiry, step, None)
            is_note = step.kind == ActivityKind.NOTED  # and the same one twice is a conflict
            adds_only = is_valid and step.adds_only
            if adds_only or (not is_note and has_only_own_notes(request, inquiry, version)):
                version = inquiry.version
            if inquiry.version != version:
                raise Conflict
            if step.is_offered and not is_valid:
                return self.show(request, find(inquiry.pk, request.user), bound=step)
            _, following = neighbors(request, inquiry) if goes_on(request, step) else (None, None)
            with transaction.atomic():
                step.apply(version)
                log_access(request, Act.CHANGED, inquiry, details=step.logged_as)
        except NeedsConfirmation:
            return self.show(request, find(inquiry.pk, request.user), bound=step)
        except (Conflict, NotPossible):
            return self.late_step(request, inquiry.pk, name)
        return self.saved(request, inquiry, step, following)

    def saved(self, request, inquiry, step, following):
        """Lead on. What was saved is said in the undo bar, or in a message if it has no undo."""
        if not step.undo:
            self.message_user(request, step.summary, messages.SUCCESS)
        # Where desk.js sees that this step was saved: only then does it drop the draft of a note.
        said = f"#saved-{inquiry.pk}-{step.name}"
        if day := address_of_day(request):
            return redirect(day + said)
        if goes_on(request, step):
            return redirect((following or address_of_list(request)) + said)
        pane = {"step": step.opens_pane} if step.opens_pane else {}
        return redirect(address(request, "change", inquiry.pk, **pane) + said)

    def check_step(self, request, name):
        if not self.has_change_permission(request):
            raise PermissionDenied
        if name not in BY_NAME:
            raise Http404

    def gone(self, request, pk, name=""):
        """It was deleted, or withdrawn and is hidden from this user; a step may still be saved."""
        if name:
            self.check_step(request, name)
            return self.late_step(request, number_in(str(pk)), name)
        words = "That request no longer exists. It may have been deleted or withdrawn."
        self.message_user(request, words, messages.ERROR)
        return redirect(LIST)

    def late_step(self, request, key, name):
        """Save what was done before the withdrawal was seen, or show it again."""
        version, seen = (number_in(request.POST.get(name, "")) for name in ("version", "seen"))
        kept = late.keep(request, key, name, version, seen)
        is_visible = Inquiry.objects.seen_by(request.user).filter(pk=key).exists()
        if kept and kept.inquiry and kept.is_saved:
            words = f"{BY_NAME[name].done} The person withdrew {kept.inquiry.reference_in_groups}"
            self.message_user(
                request, f"{words} in the meantime: do not contact them.", messages.WARNING
            )
            record = f"{address(request, 'change', key)}#saved-{key}-{name}"
            return redirect(record if is_visible else address_of_list(request))
        if is_visible:
            return self.show_conflict(request, key, name)
        if not (typed := late.typed_into(request, name)):
            return self.gone(request, key)
        context = {"late": kept, "typed": typed, "version": version, "seen": seen}
        context |= {"from_list": carried(request), "list_url": address_of_list(request)}
        return admin_page(request, "inquiry/unsaved.html", "Not saved", status=409, **context)

    def show_conflict(self, request, pk, name):
        """Say that nothing was saved, what changed meanwhile, and what the user typed."""
        inquiry = find(pk, request.user)
        step = BY_NAME[name](inquiry, request.user, request.POST)
        lines = since(inquiry, number_in(request.POST.get("seen", "")))
        typed = request.POST.get("note") or request.POST.get("reason") or ""
        note = "" if step.is_offered else cleaning.without_unseen(typed)
        conflict = Conflicting(lines, note)
        return self.show(request, inquiry, bound=step, conflict=conflict, status=409)

    def show(self, request, inquiry, *, with_message=False, status=200, **parts):
        is_folded = request.session.get(FOLDED) or not request.user.has_perm(SHOW_MESSAGE)
        with_message = with_message or (inquiry.has_message and not is_folded)
        log_viewing(request, inquiry, with_message=with_message)
        return self.page(request, "change_form", inquiry, with_message, status, **parts)

    def page(self, request, template, inquiry, with_message, status=200, **parts):
        now = timezone.now()
        message = message_of(inquiry) if with_message else None
        previous, following = neighbors(request, inquiry)
        context = {
            "now": now,
            "inquiry": inquiry,
            "page": record_page(inquiry, request.user, now, message=message, **parts),
            "from_list": carried(request),
            "list_url": address_of_list(request),
            "list_label": label_behind(request),
            "undo": undo_bar(request.user, now),
            "previous": previous,
            "next": following,
        }
        title = f"Request {inquiry.reference_in_groups}"
        page = admin_page(request, f"inquiry/{template}.html", title, status=status, **context)
        return page.render()  # here, where it is seen if the request is deleted meanwhile


def has_only_own_notes(request, inquiry: Inquiry, version: int) -> bool:
    """Whether all that was done since ``version`` are notes that the same person wrote in another
    tab: each step counts the version up by one."""
    missed, seen = inquiry.version - version, number_in(request.POST.get("seen", ""))
    if version < 0 or seen < 1 or missed < 1:
        return False
    alone = {"kind": ActivityKind.NOTED, "fields": ""}  # a hand-over has a note too
    own = inquiry.activities.filter(**alone, by=request.user, pk__gt=seen)
    return own.count() == missed


def goes_on(request, step) -> bool:
    return step.opens_next and "then_next" in request.POST
