import pytest

from kapsite.clinic import people
from kapsite.clinic.people import PeopleFile, Person, evaluators


@pytest.fixture
def people_file(tmp_path, settings, monkeypatch):
    monkeypatch.setattr(people, "people_file", PeopleFile("people.yaml", tuple[Person, ...]))
    settings.CONTENT_DIR = settings.FACTS_DIR = tmp_path
    return tmp_path / "people.yaml"


def test_those_who_can_evaluate_are_named_in_the_order_of_the_file(people_file):
    people_file.write_text(
        "- name: Ana Diaz, MD\n  role: Director\n  kind: medical-lead\n"
        "- name: Tom\n  role: Front desk\n"
        "- name: J. Osei, NP\n  role: Nurse practitioner\n  kind: prescriber\n"
    )
    assert evaluators() == ["Ana Diaz, MD", "J. Osei, NP"]


@pytest.mark.parametrize("text", [None, "", "# - name: …\n", "- name: Ana\n  nmae: x\n", "\x00"])
def test_nobody_is_named_while_the_file_is_missing_empty_or_broken(people_file, text):
    if text is not None:
        people_file.write_text(text)
    assert evaluators() == []
