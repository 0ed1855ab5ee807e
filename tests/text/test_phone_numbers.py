"""A phone number is read in any notation people type, and kept in one."""

import pytest

from kapsite.text.phone_numbers import (
    LONGEST,
    Fault,
    base_of,
    dialed,
    extension_of,
    find_fault,
    is_assigned,
    phone_numbers,
    readable,
)


@pytest.mark.parametrize(
    "typed",
    [
        "(425) 555-0142",
        "4255550142",
        "1-425-555-0142",
        "+1 (425) 555-0142",
        "+1 (0) 425 555 0142",
        "00-1-425-555-0142",
        "001 425 555 0142",
        "011 1 425 555 0142",
        "425•555•0142",
        "425·555·0142",
        "425_555_0142",
        "425~555~0142",
        "425*555*0142",
        "425/555/0142",
        "425\\555\\0142",
        "425|555|0142",
        "425,555,0142",
        "425:555:0142",
        "425'555'0142",
        "425 – 555 – 0142",
        "425\N{NON-BREAKING HYPHEN}555\N{NON-BREAKING HYPHEN}0142",
        "425\N{MINUS SIGN}555\N{MINUS SIGN}0142",
        "425\N{NO-BREAK SPACE}555\N{NARROW NO-BREAK SPACE}0142",
        "425\N{ZERO WIDTH SPACE}555\N{WORD JOINER}0142",
        "(425 555-0142",
        "425) 555-0142",
        "[425] 555.0142",
        "4 2 5 5 5 5 0 1 4 2",
        "42 55 55 01 42",
        "４２５－５５５－０１４２",
        "٤٢٥ ٥٥٥ ٠١٤٢",
        "४२५-५५५-०१४२",
        "tel:+14255550142",
        "Cell: 425-555-0142",
        "phone=4255550142",
        "call 425 555 0142 after 5",
        "425-555-0142 9am-5pm",
        "9-5 425 555 0142",
        "DOB 01/02/1990 425-555-0142",
        "425-555-0142 DOB 01/02/1990",
        "01.02.1990 425.555.0142",
        "1990-01-02, 4255550142",
        "98033 425-555-0142",
        "*67 425 555 0142",
        "425-555-0142 rm 114",
        "425-555-0142, 425.555.0142",
    ],
)
def test_a_number_is_read_in_any_notation(typed):
    assert phone_numbers(typed) == ["+14255550142"]


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("00 52 55 1234 5678", "+525512345678"),
        ("Cell: 0052-55-1234-5678", "+525512345678"),
        ("011 52 55 1234 5678", "+525512345678"),
        ("+52 1 55 1234 5678", "+525512345678"),
        ("+52 (1) 55 1234 5678", "+525512345678"),
        ("＋５２ ５５ １２３４ ５６７８", "+525512345678"),
        ("+44 (0)20 7946 0958", "+442079460958"),
        ("0044 20 7946 0958", "+442079460958"),
        ("+39 (0)6 1234 5678", "+390612345678"),
        ("425-KAP-TEST", "+14255278378"),
        ("+1 425 KAP TEST", "+14255278378"),
    ],
)
def test_a_number_from_abroad_or_in_letters_is_read_too(typed, number):
    assert phone_numbers(typed) == [number]


@pytest.mark.parametrize(
    "joint",
    [" or ", "/", " / ", ", ", "; ", ";", " ", "\t", " & ", " (work) ", "|", " text "],
)
def test_two_numbers_are_both_kept_in_their_order(joint):
    typed = f"425-555-0142{joint}206.555.0100"
    assert phone_numbers(typed) == ["+14255550142", "+12065550100"]


@pytest.mark.parametrize(
    "extension",
    [
        *(" ext. 12", " ext 12", "ext12", " Ext: 12", " EXT #12", " ext. no. 12", " (ext. 12)"),
        *(", ext 12", " extension 12", " extension number 12", " my extension is 12", " extn 12"),
        *(" ex 12", " extention 12", " ext. 12#", " ext 1２", " ext 12 or 13", ";ext=12", ",,12"),
        *(" x12", "x12", " x 12", " X.12", " ×12", " (x12)", "-x12", " #12", " # 12", " x12, x14"),
        *(" extensión 12", " int. 12", " anexo 12", " poste 12", " доб. 12"),
    ],
)
def test_an_extension_is_kept_however_it_is_spelled(extension):
    assert phone_numbers(f"425.555.0133{extension}") == ["+14255550133;ext=12"]


@pytest.mark.parametrize(
    "typed",
    [
        "425 555 0133 text me",
        "425 555 0133 next week",
        "425 555 0133, 9-5",
        "425 555 0133 after 12",
        "425 555 0133 extra early",
        "425 555 0133 ext twelve",
    ],
)
def test_what_is_no_extension_is_not_dialed(typed):
    assert phone_numbers(typed) == ["+14255550133"]


def test_each_of_several_numbers_keeps_its_own_extension():
    typed = "425-555-0142 ext 12 or 206-555-0100 x5, +44 20 7946 0958 ext. 3"
    assert phone_numbers(typed) == [
        "+14255550142;ext=12",
        "+12065550100;ext=5",
        "+442079460958;ext=3",
    ]


def test_the_one_notation_is_read_as_itself():
    assert phone_numbers("+14255550133;ext=12") == ["+14255550133;ext=12"]


@pytest.mark.parametrize("typed", ["", "none", "+", "911", "425", "555-0142", "0" * 40, "(0)" * 60])
def test_what_cannot_be_dialed_from_here_is_no_number(typed):
    assert phone_numbers(typed) == []


@pytest.mark.parametrize(
    ("typed", "finding"),
    [
        ("555-0142", (Fault.NO_AREA_CODE, None)),
        ("none", (Fault.NO_AREA_CODE, None)),
        ("42555501421", (Fault.TOO_LONG, None)),
        ("52 55 1234 5678", (Fault.TOO_LONG, None)),
        ("+52 55 1234 567", (Fault.TOO_SHORT, 52)),
        ("0052 55 1234 56789", (Fault.TOO_LONG, 52)),
        ("+1 425 555 014", (Fault.TOO_SHORT, 1)),
        ("+1 425 555 01422", (Fault.TOO_LONG, 1)),
        ("+47 1234567", (Fault.WRONG_LENGTH, 47)),
        ("+", (Fault.TOO_SHORT, None)),
        ("+999 1234567", (Fault.NO_SUCH_CODE, None)),
        ("+425 555 0142", (Fault.NO_SUCH_CODE, None)),
    ],
)
def test_what_is_wrong_with_a_number_is_found(typed, finding):
    assert phone_numbers(typed) == []
    assert find_fault(typed) == finding


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("+14255550133", "(425) 555-0133"),
        ("+14255550133;ext=12", "(425) 555-0133 ext. 12"),
        ("+442079460958;ext=3", "+44 20 7946 0958 ext. 3"),
    ],
)
def test_a_number_is_written_as_people_say_it(number, written):
    assert readable(number) == written


@pytest.mark.parametrize(
    ("number", "assigned"),
    [
        ("+14255550133;ext=12", True),
        ("+442079460958", True),
        ("+15555555555", False),
        ("+11234567890", False),
        ("+10000000000", False),
    ],
)
def test_a_number_is_assigned_if_such_numbers_exist(number, assigned):
    assert is_assigned(number) == assigned


def test_a_number_is_taken_apart():
    assert base_of("+14255550133;ext=12") == base_of("+14255550133") == "+14255550133"
    assert (extension_of("+14255550133;ext=12"), extension_of("+14255550133")) == ("12", "")


@pytest.mark.parametrize(
    ("written", "call", "text"),
    [
        ("988", "988", "988"),
        ("1-800-662-4357", "+18006624357", "+18006624357"),
        ("(425) 555-0133 ext. 12", "+14255550133;ext=12", "+14255550133"),
    ],
)
def test_a_link_dials_the_extension_and_a_text_goes_without(written, call, text):
    assert dialed(written) == call
    assert dialed(written, as_text=True) == text


@pytest.mark.parametrize("sign", ["4", "-", "(0)", "+", " x", "\ufdfa", "ext", "00", "1 "])
def test_more_text_than_a_field_takes_is_not_read(sign):
    typed = "425 555 0142" + " " * LONGEST + sign * 100_000
    assert phone_numbers(typed) == ["+14255550142"]
