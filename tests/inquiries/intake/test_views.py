import html
import re
from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from kapsite.clinic.facts import get_clinic
from kapsite.inquiries.models import Inquiry
from kapsite.inquiries.models.counting.recent_sender import RecentSender
from tests.factories import make_answers, make_inquiry
from tests.inquiries.reading import text, title

pytestmark = pytest.mark.django_db
FORM = "/request-evaluation/"
HELP = "If you need to talk to someone now"


# Sending


def test_a_sent_form_is_stored_and_leads_to_the_confirmation(client):
    response = client.post(FORM, make_answers(), follow=True)
    inquiry = Inquiry.objects.get()
    assert (inquiry.name, inquiry.topics, inquiry.times) == ("Ada", "depression,anxiety", "morning")
    assert (inquiry.status, inquiry.consent_version) == ("new", get_clinic().consent.version)
    assert [status for _, status in response.redirect_chain] == [302]
    assert text(response).startswith("We have your request")
    assert inquiry.reference_in_groups in text(response)


def test_only_what_was_asked_is_stored(client):
    client.post(
        FORM, make_answers(status="closed", safety_concern="on", reference="X", birth="1980")
    )
    inquiry = Inquiry.objects.get()
    assert (inquiry.status, inquiry.safety_concern) == ("new", False)
    assert len(inquiry.reference) == 8


def test_a_form_with_errors_is_shown_again_and_nothing_is_stored(client):
    response = client.post(FORM, make_answers(name="", message="Keep <this>"))
    assert response.status_code == 200
    assert "Keep <this></textarea>" in html.unescape(response.text)
    assert not Inquiry.objects.exists()


@pytest.mark.parametrize("times", [2_001, 60_000])
def test_a_message_that_is_too_long_to_be_read_comes_back_in_full_and_with_help(client, times):
    response = client.post(FORM, make_answers(message="x" * times))
    assert text(response).startswith("There is a problem Your message must be 2,000 characters")
    assert "x" * times + "</textarea>" in response.text
    assert "If you need to talk to someone now" in text(response)
    assert "If you need to talk to someone now" not in text(
        client.post(FORM, make_answers(name=""))
    )
    assert not Inquiry.objects.exists()


def test_a_message_that_is_too_long_is_kept_when_no_was_selected_by_mistake(client):
    page = client.post(FORM, make_answers(is_adult="no", message="x" * 60_000)).text
    assert f'name="message" value="{"x" * 60_000}"' in page


def test_errors_come_first_in_the_title_and_in_the_page(client):
    response = client.post(FORM, make_answers(name="", for_whom=None))
    assert title(response).startswith("Error: Ask for an evaluation")
    assert text(response).startswith("There is a problem Enter the name we should use Select who")
    assert response.text.index('class="error-summary"') < response.text.index("<h1")


def test_the_error_summary_takes_focus_outside_and_is_an_alert_inside(client):
    page = client.post(FORM, make_answers(name="", for_whom=None)).text
    summary = page[page.index('<div class="error-summary"') : page.index('<div class="title"')]
    outer, inner = re.findall("<div[^>]*>", summary)[:2]
    assert 'tabindex="-1"' in outer
    assert "role" not in outer
    assert "labelledby" not in outer
    assert inner == '<div role="alert">'
    assert re.findall('href="([^"]+)"', summary) == ["#name", "#for_whom_0"]
    assert 'id="name"' in page
    assert 'id="for_whom_0"' in page


def test_an_untouched_form_has_a_plain_title_and_no_summary(client):
    response = client.get(FORM)
    assert title(response).startswith("Ask for an evaluation")
    assert "error-summary" not in response.text
    assert "novalidate" in response.text


def test_the_form_says_what_it_is_not_for_and_gives_the_phone_number(client):
    page = text(client.get(FORM))
    assert "not for emergencies" in page
    assert "call 988" in page
    assert get_clinic().phone.display in page


@pytest.mark.parametrize("who", ["me", "other", None])
def test_under_18_leads_to_other_help_and_nothing_is_stored(client, who):
    response = client.post(FORM, {"is_adult": "no", "for_whom": who or ""})
    assert response.status_code == 200
    assert text(response).startswith("Other places to find help")
    assert "988" in text(response)
    assert "Nothing you typed was stored." in text(response)
    assert "error" not in response.text.lower()
    assert not Inquiry.objects.exists()


def test_a_young_person_reads_who_can_help(client):
    page = text(client.post(FORM, make_answers(is_adult="no")))
    assert "Who can help you" in page
    assert "Talk to an adult you trust" in page
    for way in ("Call 988", "Text 988", "Chat with 988", "call 911"):
        assert way in page


def test_who_asks_for_a_young_person_reads_what_they_can_do(client):
    response = client.post(FORM, make_answers(is_adult="no", for_whom="other"))
    assert "What you can do for them" in text(response)
    assert "call or text 988 together" in text(response)
    assert 'href="/for-family/"' in response.text


def test_who_refers_a_young_patient_reads_what_to_do_at_risk(client):
    page = text(client.post(FORM, make_answers(is_adult="no", for_whom="clinician")))
    assert "If your patient is at risk today, use your emergency plan" in page
    assert "Talk to an adult you trust" not in page


def test_nothing_about_a_young_person_is_counted_or_logged(client, caplog):
    client.post(FORM, make_answers(is_adult="no", name="Canary", message="I want to die"))
    assert not Inquiry.objects.exists()
    assert not RecentSender.objects.exists()
    assert caplog.text == ""


def test_who_asks_for_someone_else_is_told_whose_number_to_give(client):
    assert "Give us your own name and number" in text(client.get(FORM))


def test_who_asks_for_someone_else_reads_how_to_support_them(client):
    page = client.post(FORM, make_answers(for_whom="other"), follow=True)
    assert "chooses for themselves whether they want an evaluation" in text(page)
    assert 'href="/for-family/"' in page.text
    own = client.post(FORM, make_answers(for_whom="me"), follow=True)
    assert "How to support someone" not in text(own)


def test_no_selected_by_mistake_costs_no_word(client):
    answers = make_answers(is_adult="no", message='Two "medicines"\nso far')
    page = client.post(FORM, answers).text
    kept = re.findall('<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    again = QueryDict(urlencode([(name, html.unescape(value)) for name, value in kept]))
    assert again.getlist("topics") == ["depression", "anxiety"]
    response = client.post(
        FORM, again.urlencode(), content_type="application/x-www-form-urlencoded"
    )
    assert '"medicines"\nso far</textarea>' in html.unescape(response.text)
    assert "Select yes if the person" in text(response)
    assert "Enter the name" not in text(response)


# Once, and never swallowed


def test_the_same_form_sent_twice_is_stored_once_with_the_same_confirmation(client):
    answers = make_answers()
    first, second = (client.post(FORM, answers, follow=True) for _ in range(2))
    assert Inquiry.objects.count() == 1
    assert Inquiry.objects.get().reference_in_groups in text(first)
    assert text(first) == text(second)


def test_the_same_form_with_other_answers_is_another_request(client):
    answers = make_answers()
    client.post(FORM, answers)
    client.post(FORM, answers | {"message": "One more thing."})
    client.post(FORM, answers)
    assert Inquiry.objects.count() == 2


@pytest.mark.parametrize("token", ["", "made up", None, "\0", "x" * 10_000])
def test_a_form_with_a_wrong_token_comes_back_filled_in_and_can_be_sent(client, token):
    answers = make_answers(token=token)
    response = client.post(FORM, answers)
    assert response.status_code == 200
    assert "Your page was open for a long time. Check your answers and send again." in text(
        response
    )
    assert "I have tried two medicines.</textarea>" in response.text
    assert not Inquiry.objects.exists()
    fresh = re.search('name="token" value="([^"]+)"', response.text)[1]
    assert "We have your request" in text(
        client.post(FORM, answers | {"token": fresh}, follow=True)
    )


def test_a_form_that_was_open_for_days_is_sent_at_the_first_press(client, later):
    answers = make_answers()
    later(days=30)
    assert client.post(FORM, answers).status_code == 302
    assert Inquiry.objects.get().name == "Ada"


def test_a_new_consent_text_is_shown_before_anything_is_stored(client, clinic_file):
    clinic_file(consent={"version": "1", "text": "I agree."})
    answers = make_answers()
    clinic_file(consent={"version": "2", "text": "I agree to more."})
    response = client.post(FORM, answers)
    assert text(response).startswith("The text that you agree to has changed")
    assert title(response).startswith("Send again: ")
    assert "There is a problem" not in text(response)
    assert "I have tried two medicines.</textarea>" in response.text
    assert "checked" not in re.search('<input[^>]* name="consent"[^>]*>', response.text)[0]
    assert not Inquiry.objects.exists()
    fresh = re.search('name="token" value="([^"]+)"', response.text)[1]
    client.post(FORM, answers | {"token": html.unescape(fresh)})
    assert Inquiry.objects.get().consent_version == "2"


# Other sites


def test_a_post_from_another_site_is_turned_away_kindly_and_nothing_is_stored(client):
    response = client.post(FORM, make_answers(), headers={"origin": "https://evil.example"})
    assert response.status_code == 403
    assert "You did nothing wrong." in text(response)
    assert get_clinic().phone.display in text(response)
    assert not Inquiry.objects.exists()


def token_in(response):
    return html.unescape(re.search('name="token" value="([^"]+)"', response.text)[1])


def test_a_post_that_hides_where_it_comes_from_is_shown_again_and_sent_by_a_second_press(client):
    answers, hidden = make_answers(), {"origin": "null"}
    response = client.post(FORM, answers, headers=hidden)
    assert response.status_code == 200
    assert text(response).startswith("Your browser didn’t say that this came from our page")
    assert title(response).startswith("Send again: ")
    assert 'value="Ada"' in response.text
    assert "I have tried two medicines.</textarea>" in response.text
    assert not Inquiry.objects.exists()
    again = client.post(FORM, answers | {"token": token_in(response)}, headers=hidden, follow=True)
    assert "We have your request" in text(again)


def test_no_other_network_can_take_the_second_press_from_a_person(client):
    hidden = {"origin": "null"}
    theirs = client.post(FORM, make_answers(), headers=hidden, REMOTE_ADDR="203.0.113.9")
    answers = make_answers(token=token_in(theirs))
    for _ in range(2):
        client.post(FORM, answers, headers=hidden, REMOTE_ADDR="192.0.2.1")
    assert not Inquiry.objects.exists()
    assert client.post(FORM, answers, REMOTE_ADDR="192.0.2.1").status_code == 302


def test_a_hidden_origin_and_an_error_are_both_named_and_nothing_is_lost(client):
    response = client.post(FORM, make_answers(phone="555"), headers={"origin": "null"})
    assert "must have an area code" in text(response)
    assert "didn’t say that this came from our page" in text(response)
    assert 'value="555"' in response.text


def test_a_browsers_own_post_is_taken(client):
    headers = {"origin": "http://testserver", "sec-fetch-site": "same-origin"}
    assert client.post(FORM, make_answers(), headers=headers).status_code == 302


# Without cookies


def test_no_page_of_the_form_sets_or_varies_by_a_cookie(client):
    client.cookies["sessionid"] = "a" * 32
    sent = client.post(FORM, make_answers())
    empty = client.get(FORM)
    answers = [
        empty,
        client.post(FORM, make_answers(name="")),
        client.post(FORM, {"is_adult": "no"}),
        client.post(FORM, make_answers(), headers={"origin": "https://evil.example"}),
        sent,
        client.get(sent["location"]),
        client.get(f"{FORM}received/made-up/"),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 403, 302, 200, 410]
    assert not [answer for answer in answers if answer.cookies]
    assert not [answer for answer in answers if "cookie" in answer.get("Vary", "").lower()]
    assert [a for a in answers if "no-store" not in a["Cache-Control"]] == [empty]


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_refused(client, method):
    assert getattr(client, method)(FORM).status_code == 405


# The confirmation


def test_a_form_keeps_its_public_id_through_errors_and_on_the_confirmation(client):
    form = client.get(FORM).text
    [known] = re.findall('data-form="([0-9a-f]{16})"', form)
    token = html.unescape(re.search('name="token" value="([^"]+)"', form)[1])
    for answers in (make_answers(token=token), make_answers(token=token, name="")):
        again = client.post(FORM, answers, follow=True).text
        assert re.findall('data-(?:sent-)?form="([^"]*)"', again) == [known]


def test_the_confirmation_is_good_for_a_day_and_then_helps(client, later):
    address = client.post(FORM, make_answers())["location"]
    later(hours=23)
    assert client.get(address).status_code == 200
    later(hours=25)
    response = client.get(address)
    assert response.status_code == 410
    assert "You don’t need to send it again." in text(response)


def test_the_address_of_the_confirmation_tells_nothing(client):
    address = client.post(FORM, make_answers(name="Canary"))["location"]
    inquiry = Inquiry.objects.get()
    assert "Canary" not in address
    assert inquiry.reference not in address
    other = client.post(FORM, make_answers(name="Canary"))["location"]
    assert other.split("/")[3] != address.split("/")[3]


def test_the_confirmation_repeats_nothing_the_person_wrote(client):
    answers = make_answers(name="Canary one", message="Canary two", phone="(425) 555-0188")
    page = client.post(FORM, answers, follow=True).text
    assert "We have your request" in page
    assert not [word for word in ("Canary", "555-0188", "5550188") if word in page]


def test_the_confirmation_reloads_without_sending_again(client):
    address = client.post(FORM, make_answers())["location"]
    assert client.get(address).content == client.get(address).content
    assert Inquiry.objects.count() == 1


@pytest.mark.parametrize("token", ["x", "a:b:c", "%00", "%ED%A0%80", "é" * 100])
def test_a_made_up_confirmation_confirms_nothing(client, token):
    make_inquiry()
    response = client.get(f"{FORM}received/{token}/")
    assert response.status_code == 410
    assert not text(response).startswith("We have your request")
