"""The published form is the one that Django renders."""

import re
from types import SimpleNamespace

from django.urls import reverse

from kapsite.clinic.facts import get_clinic
from kapsite.inquiries.intake import tokens
from kapsite.inquiries.intake.prerender import blank_form
from kapsite.pages.context_processors import NO_MENUS

TOKEN_FIELD = re.compile(r'<input type="hidden" name="token"[^>]*>')
MENUS = NO_MENUS | {"header_menu": [{"path": "/risks/", "menu": "Risks"}]}


def test_the_published_form_differs_from_the_rendered_one_in_nothing_but_its_token(client):
    server = SimpleNamespace(served=SimpleNamespace(menus=MENUS))
    rendered = client.get(reverse("inquiries:new"), **{"kapsite.pages": server}).text
    prerendered = blank_form(get_clinic(), "HERE", MENUS)
    assert TOKEN_FIELD.sub("HERE", rendered) == prerendered
    assert prerendered.count("HERE") == 1
    assert 'href="/risks/"' in prerendered


def test_a_new_token_field_opens_a_form_and_says_how_the_browser_knows_it():
    field = tokens.new_token_field("2026-11")
    [(token, public_id)] = re.findall('value="(.+)" data-form="([0-9a-f]{16})"', field)
    assert tokens.opened_form(token).consent_version == "2026-11"
    assert tokens.public_id(token) == public_id
