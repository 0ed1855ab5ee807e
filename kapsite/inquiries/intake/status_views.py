"""A person looks their request up, corrects how we reach them, or takes it back.

Everything travels in the body of a post, never in an address. There is no session and no cookie:
a signed pass in the page lets its forms change the one request that it shows.
"""

import logging

from django import db, forms
from django.shortcuts import render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from kapsite.clinic.facts import get_clinic
from kapsite.encryption.keyring import Unreadable
from kapsite.inquiries.models import Inquiry
from kapsite.security.origin import Origin, origin_of
from kapsite.security.wsgi.networks import client_network

from . import changes, lookup, tokens, withdrawal
from .fields import Line, Question
from .progress import Progress

NO_MATCH = "No request matches both. Check them, or call us."
TOO_MANY = "There were too many tries. Wait an hour, or call us."
SAVED = "Your change is saved."
NOTHING_NEW = "That’s what we have already, so nothing changed."
TOO_LATE = "Your change is not saved, because your request has been closed or withdrawn."
logger = logging.getLogger(__name__)


class LookupForm(forms.Form):
    use_required_attribute = False
    bound_field_class = Question

    reference = Line(
        label="What is your reference?",
        help_text="Eight letters and digits, like 7K4M W2PA",
        max_length=40,
        too_long="The reference has eight letters and digits",
        error_messages={"required": "Enter your reference"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    contact = Line(
        label="What phone number or email did you give us?",
        max_length=254,
        too_long="The phone number or email must be 254 characters or fewer",
        error_messages={"required": "Enter the phone number or email you gave us"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


@method_decorator(
    [csrf_exempt, never_cache, sensitive_post_parameters(), sensitive_variables()], "dispatch"
)
class StatusView(View):
    http_method_names = ("get", "head", "post")

    def get(self, request):
        return ask(request, LookupForm(auto_id="%s"))

    def post(self, request):
        if origin_of(request) is Origin.FOREIGN:
            return render(request, "inquiries/foreign.html", status=403)
        try:
            return self.change(request) if "pass" in request.POST else self.look_up(request)
        except (db.Error, Unreadable) as error:  # not logged whole: PostgreSQL quotes the row
            logger.error("A request could not be shown or changed: %s", type(error).__name__)
            return away(request)
        except Inquiry.DoesNotExist:  # deleted since it was shown
            return ask(request, LookupForm(auto_id="%s"), is_over=True)

    def look_up(self, request):
        form = LookupForm(request.POST, auto_id="%s")
        if not form.is_valid():
            return ask(request, form)
        try:
            network = client_network(request.META)
            inquiry = lookup.find(**form.cleaned_data, network=network, now=timezone.now())
        except lookup.TooManyTries:
            form.add_error(None, TOO_MANY)
            return ask(request, form, status=429)
        if not inquiry:
            form.add_error(None, NO_MATCH)
            return ask(request, form)
        return show(request, inquiry, timezone.now().timestamp())

    def change(self, request):
        given = tokens.read_pass(request.POST["pass"])
        inquiry = given and Inquiry.objects.filter(form_token=given.form_token).first()
        if not given or not inquiry or not given.is_good_for(inquiry):
            return ask(request, LookupForm(auto_id="%s"), is_over=True)
        action = request.POST.get("action")
        if action == "withdraw":
            return show(request, withdrawal.withdraw(inquiry.pk, timezone.now()), given.since)
        if action == "undo":
            return show(request, withdrawal.undo(inquiry.pk), given.since)
        form = changes.ChangeForm(get_clinic(), inquiry, request.POST)
        if not form.is_valid() and changes.is_possible(inquiry):
            return show(request, inquiry, given.since, form)
        inquiry, is_saved = changes.apply(form)
        unsaved = NOTHING_NEW if changes.is_possible(inquiry) else TOO_LATE
        return show(request, inquiry, given.since, done=SAVED if is_saved else unsaved)


def ask(request, form, status=200, **context):
    return render(request, "inquiries/look_up.html", {"form": form, **context}, status=status)


def away(request):
    """Nothing can be read or stored: the same form again, with all that was entered."""
    if not tokens.read_pass(request.POST.get("pass", "")):
        typed = None if "pass" in request.POST else request.POST
        return ask(request, LookupForm(typed, auto_id="%s"), status=503, is_away=True)
    context = {"pass": request.POST["pass"], "action": request.POST.get("action")}
    if context["action"] not in ("withdraw", "undo"):
        context["form"] = changes.unchecked(get_clinic(), request.POST)
    return render(request, "inquiries/change_away.html", context, status=503)


def show(request, inquiry: Inquiry, since: float, form=None, done=""):
    """``since``: when the person looked it up."""
    context = context_of(inquiry, since, form) | {"done": done}
    return render(request, "inquiries/status.html", context)


def context_of(inquiry: Inquiry, since: float, form=None) -> dict:
    """What the confirmation and the status page show, with the forms to change it."""
    clinic = get_clinic()
    return {
        "progress": Progress(inquiry, clinic, timezone.now()),
        "form": form or changes.ChangeForm(clinic, inquiry),
        "pass": tokens.Pass.to(inquiry, since),
    }
