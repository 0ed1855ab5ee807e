import pytest

from kapsite.inquiries import tokens


def test_each_form_has_a_name_of_its_own():
    one, other = tokens.form_token("v1"), tokens.form_token("v1")
    assert tokens.form_id(one, "v1") != tokens.form_id(other, "v1")
    assert tokens.form_id(one, "v1") == tokens.form_id(one, "v1")


def test_a_form_token_is_good_for_a_day(later):
    token = tokens.form_token("v1")
    later(hours=23)
    assert tokens.form_id(token, "v1")
    later(hours=25)
    assert tokens.form_id(token, "v1") is None


def test_a_clock_that_goes_backwards_spoils_no_token(later):
    token = tokens.form_token("v1")
    later(hours=-5)
    assert tokens.form_id(token, "v1")


def test_a_form_token_is_no_good_for_another_consent_text():
    assert tokens.form_id(tokens.form_token("v1"), "v2") is None


@pytest.mark.parametrize("token", ["", "x", "a:b:c", "\0", "\ud800", "é" * 300, ":::"])
def test_a_made_up_token_is_refused(token):
    assert tokens.form_id(token, "v1") is None
    assert tokens.receipt_for(token) is None


def test_a_form_token_is_no_receipt():
    assert tokens.receipt_for(tokens.form_token("v1")) is None
