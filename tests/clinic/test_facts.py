from datetime import date

import pytest
from django.template import engines

from kapsite.clinic import facts
from kapsite.clinic.facts import Clinic, get_clinic
from kapsite.content_files.live_file import Watched
from kapsite.content_files.problems import ContentError
from tests.pages.samples import CLINIC


@pytest.fixture
def clinic_file(tmp_path, settings, monkeypatch):
    """The file of a clinic that nobody has read yet."""
    monkeypatch.setattr(facts, "clinic_file", Watched("clinic.yaml", Clinic))
    settings.CONTENT_DIR = settings.FACTS_DIR = tmp_path
    file = tmp_path / "clinic.yaml"
    file.write_text(CLINIC)
    return file


def edit(file, old, new):
    file.write_text(file.read_text().replace(old, new))


def test_the_phone_is_there_for_links_and_for_readers(clinic_file):
    assert get_clinic().phone == ("+14255550142", "(425) 555-0142")


@pytest.mark.parametrize("typed", ["(425) 555-0142", "425.555.0142", "+1 425 555 0142"])
def test_a_phone_number_may_be_typed_in_any_usual_way(clinic_file, typed):
    edit(clinic_file, '"+14255550142"', f'"{typed}"')
    assert get_clinic().phone.number == "+14255550142"


@pytest.mark.parametrize("number", ["911", "741741", "1-800-662-4357", "1-800-273-TALK", "9-8-8"])
def test_a_crisis_line_may_have_any_number_that_can_be_dialed(clinic_file, number):
    edit(clinic_file, 'call: "988"', f'call: "{number}"')
    assert get_clinic().crisis_lines[0].call == number


def test_the_phone_may_have_an_extension(clinic_file):
    edit(clinic_file, '"+14255550142"', '"425.555.0142 ext. 12"')
    assert get_clinic().phone == ("+14255550142;ext=12", "(425) 555-0142 ext. 12")


def test_what_is_not_known_is_left_empty(clinic_file):
    known = get_clinic()
    assert (known.hours, known.reply_promise, known.address, known.holidays) == (
        None,
        None,
        None,
        (),
    )


def test_crisis_lines_tell_when_they_were_last_tried(clinic_file):
    [line] = get_clinic().crisis_lines
    assert (line.call, line.for_whom, line.checked_on) == ("988", "Any crisis", date(2026, 11, 22))


def test_a_clinic_that_is_gone_after_the_start_stays_as_it_was(clinic_file):
    before = get_clinic()
    clinic_file.unlink()
    assert get_clinic() is before


def test_every_template_knows_the_clinic(clinic_file, rf):
    template = engines["django"].from_string("{{ clinic.name }}: {{ clinic.phone.display }}")
    assert template.render(request=rf.get("/")) == "Test Clinic: (425) 555-0142"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"+14255550142"', "12", '"12" isn\'t a phone number. Fix: Write it like (425)'),
        ('"+14255550142"', "425 555 0142 or 206 555 0100", "isn't a phone number."),
        ('"+14255550142"', "by appointment", '"by appointment" isn\'t a phone number.'),
        ('"+14255550142"', "123-456-7890", "isn't a phone number."),
        ('"+14255550142"', "425-555-0142-9", "isn't a phone number."),
        ('"+14255550142"', "425 555 0142 after noon", "isn't a phone number."),
        ('"+14255550142"', "425 555 0142 ext", "isn't a phone number."),
        (
            "name: Test",
            "email: hello@example\nname: Test",
            "isn't an email address. Fix: Write it",
        ),
        ("name: Test", "email: a@b.org, c@d.org\nname: Test", "isn't an email address."),
        ("name: Test", "email: mailto:a@b.org\nname: Test", "isn't an email address."),
        ("name: Test", "email: a b@c.org\nname: Test", "isn't an email address."),
        ("name: Test", "email: a@b..org\nname: Test", "isn't an email address."),
        ('call: "988"', 'call: "98"', '"98" isn\'t a number to call or text. Fix: Write only'),
        ('call: "988"', "call: 988 then press 1", "isn't a number to call or text."),
        ('text: "988"', "text: 741-741-1", "isn't a number to call or text."),
        (
            "name: Test",
            "evaluation: Free\nname: Test",
            '"Free" isn\'t valid. Fix: Did you mean "free"',
        ),
        ("name: Test", "emergency_note: x\nname: Test", '"emergency_note" isn\'t a known key.'),
        (
            "name: Test",
            "safety_concern_hours: 400\nname: Test",
            '"safety_concern_hours" is 400. Fix: Write 40 or less.',
        ),
        (
            "name: Test",
            "hours:\n#  monday: 9 am\nname: Test",
            '"hours" is empty. Fix: Write a value',
        ),
        ("name: Test", "hours:\n#  monday: 9 am\nname: Test", "begin with #, remove the #."),
        ("name: Test", "email:\nname: Test", '"email" is empty.'),
        (
            "name: Test",
            "holidays: [1026-12-25]\nname: Test",
            "has the year 1026. Fix: Check the year",
        ),
        ("[call]", "[call, fax]", '"fax" isn\'t valid.'),
        ("[call]", "[]", "should be a list with something in it"),
        ("[call]", "[call, email]", "contact_by: Email is offered, but there is no address."),
        ("name: Test", "time_zone: Seattle\nname: Test", '"Seattle" isn\'t a time zone.'),
        ("name: Test", "time_zone: EST\nname: Test", '"EST" isn\'t a time zone.'),  # no summer time
        ("name: Test", "time_zone: america/denver\nname: Test", 'Did you mean "America/Denver"?'),
        ("2026-11-22", "22 Nov", 'checked_on: "22 Nov" isn\'t a date.'),
        ('    call: "988"\n    text: "988"\n', "", "has no way to reach it"),
        ("    for: Any crisis\n", "", '"for" is missing.'),
    ],
)
def test_a_wrong_value_is_named(clinic_file, old, new, message):
    edit(clinic_file, old, new)
    with pytest.raises(ContentError) as caught:
        get_clinic()
    assert message in str(caught.value)
