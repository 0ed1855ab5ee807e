"""content/desk/scripts.yaml: a mistake is found before staff would say it."""

from pathlib import Path

import pytest
from django.conf import settings

from kapsite.content_files.problems import Report
from kapsite.inquiries.desk.scripts.file import scripts_file
from tests.pages.samples import check_content, make_content

SAY = {"title": "Opening", "step": "call", "kind": "say", "words": ["Hello, {first_name}."]}
TEXT = SAY | {"kind": "text"}
EMAIL = SAY | {"kind": "email", "subject": "Your message"}
VOICEMAIL = SAY | {"kind": "voicemail", "permission": "full"}


def written(**keys) -> str:
    lines = []
    for key, value in keys.items():
        if isinstance(value, list):
            lines += [f"  {key}:", *(f'    - "{each}"' for each in value)]
        elif value is not None:
            lines.append(f'  {key}: "{value}"')
    return "\n".join(["opening:", *lines])


@pytest.fixture
def problem(tmp_path):
    """What is wrong with a file that holds one script; "" if nothing is."""

    def found(text: str) -> str:
        file = tmp_path / "scripts.yaml"
        file.write_text(text)
        report = Report("content/desk/scripts.yaml")
        assert (scripts_file.load(file, report) is None) == bool(report.problems)
        return "\n".join(map(str, report.problems))

    return found


@pytest.mark.parametrize("keys", [SAY, TEXT, EMAIL, VOICEMAIL], ids=lambda keys: keys["kind"])
def test_a_script_of_each_kind_is_read(problem, keys):
    assert problem(written(**keys)) == ""


@pytest.mark.parametrize(
    ("keys", "line", "message"),
    [
        (SAY | {"titel": "Opening"}, 7, '"titel" isn\'t a known key. Fix: Did you mean "title"?'),
        (SAY | {"step": "cal"}, 3, 'step: "cal" isn\'t valid. Fix: Did you mean "call"?'),
        (VOICEMAIL | {"permission": "fulll"}, 7, 'Did you mean "full"?'),
        (VOICEMAIL | {"permission": None}, 1, "permission is missing."),
        (SAY | {"permission": "full"}, 1, "permission is only for kind: voicemail."),
        (TEXT | {"subject": "Hello"}, 1, "subject is only for kind: email."),
        (EMAIL | {"subject": None}, 1, "subject is missing."),
        (EMAIL | {"subject": "For {first_name}"}, 7, "A subject has no placeholders."),
        (SAY | {"words": ["Hi {firstname}."]}, 6, 'Did you mean "first_name"?'),
        (SAY | {"words": ["Hi {name!r}."]}, 6, '"{" would be shown literally.'),
        (SAY | {"words": []}, 5, ""),
        (TEXT | {"words": ["Hello there. " * 385]}, 1, "Shorten them to 320."),
        (TEXT | {"words": ["Your evaluation is on Monday."]}, 1, '"evaluation" tells others'),
        (EMAIL | {"subject": "Ketamine"}, 1, '"Ketamine" tells others'),
        (TEXT | {"words": ["Call (425) 654-5433."]}, 1, "Write {phone}"),
        (TEXT | {"words": ["This is {clinic}."]}, 1, "{clinic} isn't allowed here."),
        (
            VOICEMAIL | {"permission": "first name and number"},
            1,
            "{first_name} isn't allowed here.",
        ),
        (VOICEMAIL | {"permission": "none", "note": "Hang up."}, 1, "no words may be left"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line_and_a_fix(problem, keys, line, message):
    found = problem(written(**keys))
    assert found.startswith(f"content/desk/scripts.yaml:{line}: ")
    assert message in found


def test_a_name_that_could_hide_something_in_the_log_is_refused(problem):
    text = written(**SAY).replace("opening:", "Ana Ruiz:")
    assert '"Ana Ruiz" isn\'t a name.' in problem(text)


def test_the_scripts_of_the_site_cover_every_permission_and_step():
    scripts = scripts_file.read_new(settings.CONTENT_DIR / scripts_file.name)
    found = {each.permission for each in scripts.values() if each.kind == "voicemail"}
    assert found == {"full", "first name and number", "none"}
    assert {each.step for each in scripts.values()} == {"call", "schedule", "hand over", "close"}
    said = " ".join(each.message for each in scripts.values() if each.kind == "safety")
    assert all(words in said for words in ("thinking about suicide", "988", "staying on the line"))
    assert any("911" in each.note for each in scripts.values() if each.kind == "safety")


def problems_in(folder: Path) -> list[str]:
    name = f"{folder.name}/{scripts_file.name}"
    return [each.message for each in check_content(folder) if each.file == name]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("This is a miracle cure.", "We don't say"),
        ("About 9 in 10 feel better.", "no source backs"),
        ("TODO", "marks unfinished text"),
        ("Hi {frist_name}.", "stands for nothing"),
    ],
)
def test_check_content_reads_what_staff_say_like_a_page(tmp_path, words, message):
    content = make_content(tmp_path)
    file = content / scripts_file.name
    file.parent.mkdir()
    file.write_text(written(**SAY | {"words": ["I'm glad you called. My name is {my_name}."]}))
    assert problems_in(content) == []
    file.write_text(written(**SAY | {"words": [words]}))
    [found] = problems_in(content)
    assert message in found
