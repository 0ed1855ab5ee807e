"""The least that a view can do with a form: read it, insert one row, answer."""

import secrets

from django.http import HttpResponseRedirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from kapsite.accounts.models import StaffSession


@csrf_exempt
def insert(request):
    """Into a small table that is there anyway."""
    key, text = secrets.token_urlsafe(20), request.POST["message"]
    StaffSession.objects.create(session_key=key, session_data=text, expire_date=timezone.now())
    return HttpResponseRedirect("/")


urlpatterns = [path("request-evaluation/", insert)]
