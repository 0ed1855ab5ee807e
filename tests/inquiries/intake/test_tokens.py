import re

import pytest

from kapsite.inquiries.intake import tokens
from kapsite.inquiries.models import Inquiry


def test_each_form_has_a_name_of_its_own():
    one, other = tokens.form_token("v1"), tokens.form_token("v1")
    assert tokens.opened_form(one).id != tokens.opened_form(other).id
    assert tokens.opened_form(one).id == tokens.opened_form(one).id


def test_a_form_token_knows_the_consent_text_and_its_age(later):
    token = tokens.form_token("v 1: ü")
    later(days=3)
    opened = tokens.opened_form(token)
    assert opened.consent_version == "v 1: ü"
    assert 0 <= opened.seconds - 3 * 24 * 3600 < 10


def test_a_form_token_is_good_after_a_year(later):
    token = tokens.form_token("v1")
    later(days=365)
    assert tokens.opened_form(token)


def test_a_clock_that_goes_backwards_spoils_no_token_and_tells_no_age(later):
    token = tokens.form_token("v1")
    later(hours=-5)
    assert tokens.opened_form(token).seconds is None


def test_a_form_token_that_was_altered_is_refused():
    value, _, signature = tokens.form_token("v1").rpartition(":")
    assert tokens.opened_form(f"{value}x:{signature}") is None


@pytest.mark.parametrize("token", ["", "x", "a:b:c", "\0", "\ud800", "é" * 300, ":::"])
def test_a_made_up_token_is_refused(token):
    assert tokens.opened_form(token) is None
    assert tokens.read_receipt(token) == (None, "")


def test_a_form_token_is_no_receipt():
    assert tokens.read_receipt(tokens.form_token("v1")) == (None, "")


def test_a_receipt_knows_the_inquiry_and_the_form_for_a_day(later):
    receipt = tokens.receipt(Inquiry(form_token="ab12"), "cd34")
    assert tokens.read_receipt(receipt) == ("ab12", "cd34")
    later(hours=25)
    assert tokens.read_receipt(receipt) == (None, "")


def test_what_a_browser_keeps_of_a_form_tells_nothing_about_its_token():
    token = tokens.form_token("v1")
    kept = tokens.public_id(token)
    assert re.fullmatch("[0-9a-f]{16}", kept)
    assert kept not in token
    assert kept == tokens.public_id(token) != tokens.public_id(tokens.form_token("v1"))


def test_a_form_token_for_one_network_does_not_reveal_it():
    made = tokens.opened_form(tokens.form_token("v1", "192.0.2.1/32"))
    assert made.is_made_for("192.0.2.1/32")
    assert not made.is_made_for("192.0.2.2/32")
    assert "192.0.2" not in made.network


@pytest.mark.parametrize("network", ["", "192.0.2.1/32"])
def test_a_form_token_of_a_page_is_tied_to_no_network(network):
    assert not tokens.opened_form(tokens.form_token("v1")).is_made_for(network)
