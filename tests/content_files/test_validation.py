from datetime import date

import pytest

from kapsite.content_files.problems import Report
from kapsite.content_files.validation import Day, HttpsUrl, Model, Text, load, parse, read_text


class Change(Model):
    on: Day
    note: Text


class Sample(Model):
    title: Text
    number: int | None = None
    link: HttpsUrl | None = None
    changes: tuple[Change, ...] = ()


@pytest.fixture
def read(tmp_path):
    """The sample model read from a file with this text or these bytes, and its problems."""

    def write_and_load(text: str | bytes, kind=Sample):
        file = tmp_path / "sample.yaml"
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        report = Report("sample.yaml")
        return load(file, kind, report), [str(problem) for problem in report.problems]

    return write_and_load


def only_problem(result) -> str:
    value, [problem] = result
    assert value is None
    return problem


@pytest.mark.parametrize(
    "text", ["no", "Yes", "on", "1.10", "0o17", "12:30:45", "2026-11-22", "null", "~", "1_000"]
)
def test_a_value_reaches_a_text_field_letter_by_letter(read, text):
    value, problems = read(f"title: {text}")
    assert (value.title, problems) == (text, [])


def test_numbers_and_dates_are_what_the_schema_makes_of_them(read):
    value, _ = read("title: T\nnumber: 12\nchanges:\n  - {on: 2026-11-22, note: N}")
    assert (value.number, value.changes[0].on) == (12, date(2026, 11, 22))


@pytest.mark.parametrize("day", ["2026-13-01", "22.11.2026", "20261122", "1764000000", "soon"])
def test_a_wrong_date_is_reported_with_its_line(read, day):
    problem = only_problem(read(f"title: T\nchanges:\n  - on: {day}\n    note: N"))
    assert problem == (
        f'sample.yaml:3: on: "{day}" isn\'t a date. Fix: Write year, month and day like 2026-11-22.'
    )


def test_an_unknown_key_is_reported_with_the_one_that_was_meant(read):
    problem = only_problem(read("title: T\nnumbr: 1"))
    assert problem == 'sample.yaml:2: "numbr" isn\'t a known key. Fix: Did you mean "number"?'


def test_an_unknown_key_inside_a_list_is_compared_with_the_keys_of_that_list(read):
    problem = only_problem(read("title: T\nchanges:\n  - on: 2026-11-22\n    not: N\n    note: N"))
    assert problem == 'sample.yaml:4: "not" isn\'t a known key. Fix: Did you mean "note"?'


def test_a_missing_key_is_reported(read):
    assert only_problem(read("number: 1")) == (
        'sample.yaml:1: "title" is missing. Fix: Add a line `title: …`.'
    )


def test_an_empty_value_is_reported(read):
    assert '"title" is empty' in only_problem(read("title:"))


def test_an_empty_value_is_reported_where_the_key_may_be_left_out_too(read):
    _, problems = read("title: T\nnumber:\nlink:\n# x\nchanges: {on: 1}")
    assert [problem.split(" Fix")[0] for problem in problems if "empty" in problem] == [
        'sample.yaml:2: "number" is empty.',
        'sample.yaml:3: "link" is empty.',
    ]


def test_a_key_that_stands_twice_is_refused_with_both_lines(read):
    _, problems = read("title: One\nnumber: 1\ntitle: Two")
    assert problems == ['sample.yaml:3: "title" appears twice (first on line 1). Fix: Keep one.']


def test_all_problems_of_a_file_are_reported_at_once(read):
    _, problems = read("titel: T\nnumber: ten\nlink: http://example.org")
    assert [problem.split(":")[1] for problem in problems] == ["1", "2", "3", "1"]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("title: KAP: what it is", 1, "There is a second colon in this line."),
        ("title: T\n\tnumber: 1", 2, "This line begins with a tab."),
        ("title: T\nnumber 1\nlink: x", 2, "This line has no key"),
        ("title:T\nnumber: 1", 1, "There is no space after the colon."),
        ('title: "T', 1, "This quote is never closed."),
        ("title: 'it's'", 1, "a quote ends too early"),
        ("title: *bold* move", 1, "A value can't begin with *"),
        ("title: **bold** move", 1, "A value can't begin with *"),
        ("title: @S11", 1, "A value can't begin with this character."),
        ("title: `x`", 1, "A value can't begin with this character."),
        ("title: !important", 1, "can't begin with an exclamation mark"),
        ("title: [T", 1, "This bracket is never closed."),
        ("title: T\n number: 1", 2, "There is a second colon in this line."),
        ("title: We are #1", 1, "The text after # is a comment"),
        ("title: Café 🙂 &c #1", 1, "The text after # is a comment"),
        (r'title: "T\UFFFFFFFF"', 1, "An escape sequence stands for no character."),
        (r'title: "T\uD800"', 1, "An escape sequence stands for an invisible character."),
        (r'title: "T\0"', 1, "An escape sequence stands for an invisible character."),
        (r'title: "C:\k"', 1, "There is a backslash in double quotes."),
        ("%YAML 9.9\n---\ntitle: T", 1, "This can't be read"),
        ("just words", 1, "There are no keys here."),
        ("", 1, "There are no keys here."),
        ("- a\n- b", 1, "There are no keys here."),
        ("[a, b]: c", 1, "This key isn't a word."),
        ("title: T\n---\nnumber: 1", 2, "There is a line --- in the middle."),
        ("title: " + "[" * 5000, 1, "Too many nested brackets"),
    ],
)
def test_a_slip_in_the_yaml_is_named_in_plain_words(read, text, line, message):
    value, problems = read(text)
    assert value is None
    assert problems[0].startswith(f"sample.yaml:{line}: ")
    assert message in problems[0]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("title: KAP: what it is\nnumber: *ten\nlink: https://example.org", [1, 2]),
        ("title: KAP: what it is\nnumber: ten\nnote: x", [1, 2, 3]),
        ("title: 'it's'\nnumbr: 1", [1, 2]),
        ('title: "T\nnumber: "1"\nlink: [x', [1, 3]),
        ("title: T\nchanges:\n  - on: a: b\n    note: *x\n  - note: @y", [3, 4, 5]),
        ("title:\n\tT\n\tU\nnumber: ten", [2, 3, 4]),
        ("title T\nnumber: 1\nlink x", [1, 3]),
    ],
)  # fmt: skip
def test_a_slip_hides_no_other_slip_of_its_file(read, text, lines):
    value, problems = read(text)
    assert value is None
    assert sorted(int(problem.split(":")[1]) for problem in problems) == lines


def test_a_slip_hides_no_other_entry_of_a_list(read):
    text = "- {on: 2026-11-22, note: N}\n- on: a: b\n- {on: soon, note: N}\n- {on: *x}"
    _, problems = read(text, tuple[Change, ...])
    assert sorted(problem.split(":")[1] for problem in problems) == ["2", "3", "4"]


def test_a_comment_after_two_spaces_is_welcome(read):
    value, problems = read("title: T  # seen on the sign")
    assert (value.title, problems) == ("T", [])


@pytest.mark.parametrize("value", ["{a: 1}", "[a]"])
def test_text_that_is_something_else_is_reported(read, value):
    assert '"title" should be text.' in only_problem(read(f"title: {value}"))


@pytest.mark.parametrize("link", ["http://example.org", "example.org", "https://", "javascript:x"])
def test_a_link_must_be_a_secure_web_address(read, link):
    assert "Begin it with https://" in only_problem(read(f"title: T\nlink: {link}"))


@pytest.mark.parametrize(
    ("raw", "line", "message"),
    [
        (b"title: T\nnumber: \xff", 2, "isn't UTF-8"),
        ("title: T".encode("utf-16"), 1, "isn't UTF-8"),
        (b"title: T\n\x00", 2, "invisible or damaged character (U+0000)"),
        (b"title: T\x1b[31m", 1, "invisible or damaged character (U+001B)"),
        ("title: T\u202e".encode(), 1, "invisible or damaged character (U+202E)"),
        ("title: \uf0b7 T".encode(), 1, "invisible or damaged character (U+F0B7)"),
        (b"title: T\n<<<<<<< HEAD\nnumber: 1\n", 2, "Two versions of the text are here"),
        (b"title: T\n>>>>>>> branch\n", 2, "Two versions of the text are here"),
        ("title: T\u200dT".encode(), 1, "invisible or damaged character (U+200D)"),
        ("title: T\u200b".encode(), 1, "invisible or damaged character (U+200B)"),
        ("title: T\ufffd".encode(), 1, "invisible or damaged character (U+FFFD)"),
        (b"title: T\n" * 100_000, 1, "too large (900 kB)"),
    ],
)
def test_bytes_that_are_no_text_are_reported(read, raw, line, message):
    problem = only_problem(read(raw))
    assert problem.startswith(f"sample.yaml:{line}: ")
    assert message in problem


def test_every_line_that_cannot_be_read_is_reported(read):
    _, problems = read("title: T\u200b\nnumber: 1\nlink: \x00")
    assert [problem.split(":")[1] for problem in problems] == ["1", "3"]


def test_both_ends_of_a_merge_are_reported(read):
    _, problems = read("<<<<<<< HEAD\ntitle: T\n=======\ntitle: U\n>>>>>>> b\n")
    assert [problem.split(":")[1] for problem in problems] == ["1", "5"]


@pytest.mark.parametrize("mark", ["**", "~~", "==", "[[", "[^", "[@", ":::", "''", "• "])
def test_marks_of_markdown_are_refused_where_they_would_be_shown(read, mark):
    assert "would be shown literally" in only_problem(read(f'title: "{mark}T"'))


def test_byte_order_marks_and_other_systems_line_ends_make_no_difference(read):
    value, problems = read(b"\xef\xbb\xbftitle: T\r\nnumber: 1\r\n")
    assert (value, problems) == (Sample(title="T", number=1), [])


def test_a_file_that_is_not_there_is_reported(tmp_path):
    report = Report("gone.yaml")
    assert read_text(tmp_path / "gone.yaml", report) is None
    assert "can't be read: No such file" in str(report.problems[0])


def test_lines_count_from_where_the_text_stands_in_its_file():
    report = Report("page.md")
    parse("title: T\ntitle: T", report, first_line=10)
    assert report.problems[0].line == 11


def test_a_model_cannot_be_changed(read):
    value, _ = read("title: T")
    with pytest.raises(ValueError, match="frozen"):
        value.title = "Other"
