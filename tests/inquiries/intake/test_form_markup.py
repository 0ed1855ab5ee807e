"""How the form looks to a browser and a screen reader."""

import html
import re

import pytest

from kapsite.clinic.facts import get_clinic
from kapsite.inquiries.intake.forms import InquiryForm
from tests.factories import fill


def page(form):
    return "".join(question.as_field_group() for question in form)


def control(form, name, which=0):
    """The tag of a control, as in ``<input …>``."""
    return re.findall(rf'<(?:input|textarea)[^>]* name="{name}"[^>]*>|$', page(form))[which]


def test_an_untouched_form_has_no_error_and_nothing_is_marked_required():
    markup = page(InquiryForm(get_clinic()))
    assert "error" not in markup
    assert " required" not in markup
    assert "aria-invalid" not in markup


@pytest.mark.parametrize("name", ["name", "message"])
def test_hint_and_error_describe_the_control_in_that_order(name):
    form = fill(**{name: "x" * 3000})
    assert f'aria-describedby="{name}-hint {name}-error"' in control(form, name)
    assert 'aria-invalid="true"' in control(form, name)
    group = form[name].as_field_group()
    places = [group.index(f'for="{name}"')]
    places += [group.index(f'id="{name}-hint"'), group.index(f'id="{name}-error"')]
    places += [group.index(f'id="{name}"')]
    assert places == sorted(places)


def test_an_error_begins_with_a_hidden_word_for_screen_readers():
    group = fill(name="")["name"].as_field_group()
    assert '<span class="visually-hidden">Error:</span> Enter the name we should use' in group


def test_a_group_is_a_fieldset_whose_legend_is_the_question():
    group = fill(topics=["cats"])["topics"].as_field_group()
    assert '<fieldset aria-describedby="topics-hint topics-error">' in group
    assert '<legend>What would you like help with? <span class="optional">' in group


def test_the_hint_of_an_answer_describes_it_and_is_not_part_of_its_name():
    group = InquiryForm(get_clinic())["for_whom"].as_field_group()
    tag = re.search(r'<input[^>]* value="other"[^>]*>', group)[0]
    assert 'aria-labelledby="for_whom_1-label" aria-describedby="for_whom_1-hint"' in tag
    assert '<span id="for_whom_1-label">Someone I care about</span>' in group
    assert '<small id="for_whom_1-hint">Give us your own name and number</small>' in group


def test_the_topic_of_pain_says_beside_it_what_benefits_says():
    group = InquiryForm(get_clinic())["topics"].as_field_group()
    hint = "Ketamine isn’t shown to help migraine, and KAP isn’t a treatment for pain"
    assert f'<small id="topics_3-hint">{hint}</small>' in group
    assert 'href="/benefits/pain/"' in group


def test_a_group_is_reached_at_its_first_control():
    form = fill(for_whom=None)
    assert form["for_whom"].first_control_id == "for_whom_0"
    assert 'id="for_whom_0"' in control(form, "for_whom")


def test_every_control_has_a_label():
    markup = page(InquiryForm(get_clinic()))
    ids = re.findall(r'<(?:input|textarea)[^>]* id="([^"]+)"', markup)
    assert set(ids) == set(re.findall(r'<label for="([^"]+)"', markup))


@pytest.mark.parametrize(
    ("name", "attributes"),
    [
        ("name", ['type="text"', 'autocomplete="name"', 'spellcheck="false"', '"words"']),
        ("phone", ['type="tel"', 'autocomplete="tel"', 'spellcheck="false"']),
        ("email", ['type="email"', 'autocomplete="email"', 'autocapitalize="off"']),
        ("message", ['autocomplete="off"', 'spellcheck="true"', 'rows="6"']),
    ],
)
def test_a_control_helps_the_keyboard_and_the_browser(every_way, name, attributes):
    tag = control(InquiryForm(get_clinic()), name)
    assert [wanted for wanted in attributes if wanted not in tag] == []


def test_nothing_is_cut_off_while_typing():
    assert "maxlength" not in page(InquiryForm(get_clinic()))


def test_what_was_typed_is_shown_again_right_or_wrong():
    form = fill(name="", phone="12", message="<b>Two</b>", topics=["pain"], voicemail="no")
    markup = html.unescape(page(form))
    assert 'value="12"' in control(form, "phone")
    assert "<b>Two</b></textarea>" in markup
    assert "checked" in control(form, "topics", 3)
    assert "checked" not in control(form, "topics", 0)
    assert "checked" in control(form, "voicemail", 2)
    assert "checked" in control(form, "consent")
