"""Facts that hold until a day."""

from django.core.management import call_command

from tests.pages.samples import SOURCES, check_content, make_content


def test_due_lists_facts_that_expire_with_file_and_line(tmp_path, settings, capsys):
    content = settings.CONTENT_DIR = make_content(tmp_path)
    facts = (content / "clinic.yaml").read_text()
    (content / "clinic.yaml").write_text(f"{facts}address: Here\nexpires:\n  address: 2027-01-31\n")
    person = "- name: Ada Byron\n  role: Director\n  expires: 2027-01-15\n"
    (content / "people.yaml").write_text(person)
    (content / "sources.yaml").write_text(
        SOURCES.replace("year: 2000", "year: 2000, expires: 2027-03-01")
    )
    line = facts.count("\n") + 3
    call_command("check_content", "--due", "31", "--today", "2027-01-01")
    assert capsys.readouterr().out.splitlines() == [
        "Due         Page                             Days",
        "2027-01-15  content/people.yaml:3 Ada Byron    14",
        f"2027-01-31  content/clinic.yaml:{line} address     30",
    ]


def test_an_expired_fact_is_a_warning(tmp_path):
    content = make_content(tmp_path)
    (content / "people.yaml").write_text("- {name: Ada, role: Nurse, expires: 2026-11-21}\n")
    [problem] = check_content(content)
    assert (problem.level, problem.message) == (
        "warning",
        '"Ada": this information expired on 2026-11-21.',
    )
