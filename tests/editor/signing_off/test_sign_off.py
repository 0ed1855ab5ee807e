"""A clinician signs off the text that they read, and no other."""

import pytest
import yaml

from kapsite.editor.models import ContentVersion, Kind
from kapsite.editor.versions.action_log import ContentAction
from kapsite.pages.check import sign_offs
from tests.editor.conftest import NEW
from tests.pages.samples import make_page

LIST = "/admin/edit/sign-offs/"
PAGE = f"{LIST}index.md/"
ANA = {"name": "Ana Diaz", "credential": "MD", "is_read": "on"}


@pytest.fixture
def rae(browser, content):
    (content / "index.md").write_text(NEW)
    return browser("reviewer", "rae")


def texts(client) -> str:
    return client.get(PAGE).context["form"]["texts"].value()


def sign(client, **also):
    return client.post(PAGE, ANA | {"texts": texts(client)} | also, follow=True)


def entries(content) -> list[dict]:
    return yaml.safe_load((content / "signoffs.yaml").read_text())


def test_what_a_reviewer_signs_off_stands_in_the_file_with_name_and_credential(
    rae, content, publish
):
    shown = rae.get(PAGE).content.decode()
    assert "<td>Better words.</td><td>S1, S2</td>" in shown
    assert 'href="/" target="_blank"' in shown
    assert "<b>S1</b> First trial: It helped seven people." in shown
    sign(rae)
    assert publish()
    [entry] = entries(content)
    assert (entry["file"], entry["reviewed_by"]) == ("content/index.md", "Ana Diaz, MD")
    assert "Everything in this file is signed off." in rae.get(PAGE).content.decode()
    current = ContentVersion.objects.current()
    assert (current.kind, current.by) == (Kind.SIGN_OFF, "rae")
    action = ContentAction.objects.latest("pk")
    assert (action.act, action.by.username) == ("signed_off", "rae")


def test_a_text_with_an_exemption_stands_once_with_its_reason(rae, content):
    exempt = "\n  - {text: It helps people, reason: A person says so}"
    (content / "index.md").write_text(make_page("It helps people a lot.", uncited=exempt))
    assert rae.get(PAGE).context["waiting"] == [
        (7, "It helps people a lot.", "No source: A person says so")
    ]
    assert len(texts(rae).split()) == 2


def test_a_sign_off_publishes_nothing(rae, publish, settings):
    sign(rae)
    assert publish()
    assert not (settings.PUBLISHED_DIR / "current").exists()


def test_a_text_that_was_changed_while_someone_read_it_is_not_signed_off(rae, content, publish):
    read = texts(rae)
    (content / "index.md").write_text(NEW.replace("Better", "Other"))
    answer = sign(rae, texts=read)
    assert "The text has changed since you opened it." in answer.content.decode()
    assert "Other words" in answer.content.decode()
    assert answer.context["form"]["name"].value() == "Ana Diaz"
    assert not publish()


def test_a_change_makes_the_sign_off_lapse_and_the_list_says_so(rae, content, publish):
    sign(rae)
    publish()
    (content / "index.md").write_text(NEW.replace("Better", "Other"))
    shown = rae.get(LIST).content.decode()
    assert "Ana Diaz, MD" in shown
    assert "Changed since" in shown
    assert "signed it off on" in rae.get(PAGE).content.decode()


def test_the_comments_of_the_file_stay(rae, content, publish):
    sign(rae)
    publish()
    file = content / "signoffs.yaml"
    file.write_text("# Ours.\n" + file.read_text() + "# At the end.\n")
    (content / "index.md").write_text(NEW.replace("Better", "Other"))
    sign(rae, name="Ben Ito")
    publish()
    assert file.read_text().startswith("# Ours.\n")
    assert "# At the end.\n" in file.read_text()
    assert [entry["reviewed_by"] for entry in entries(content)][-1] == "Ben Ito, MD"


@pytest.mark.parametrize(
    ("also", "words"),
    [
        ({"name": "Ana"}, "Type your first and last name."),
        ({"credential": ""}, "Type your credential."),
        ({"is_read": ""}, "Check this box once you have read the list."),
    ],
)
def test_nothing_is_signed_off_without_name_credential_and_reading(rae, publish, also, words):
    assert words in sign(rae, **also).content.decode()
    assert not publish()


def test_a_file_without_medical_text_and_one_that_is_not_there_cannot_be_signed_off(rae):
    assert rae.get(f"{LIST}nowhere.md/").status_code == 404


@pytest.mark.parametrize("role", ["editor", "publisher", "lead"])
def test_only_reviewers_sign_off(rae, browser, role):
    assert browser(role, "pat").get(PAGE).status_code == 403


def test_a_reviewer_cannot_edit_or_publish(rae):
    assert rae.get("/admin/edit/").status_code == 403
    assert rae.get("/admin/edit/page/index.md/publish/").status_code == 403
    assert rae.get("/admin/").headers["Location"] == LIST


def test_the_page_of_a_file_reads_the_medical_texts_of_no_other(rae, monkeypatch):
    read = []
    monkeypatch.setattr(
        sign_offs, "passages_on", lambda draft, site: read.append(draft.file) or iter(())
    )
    assert rae.get(PAGE).status_code == 404  # nothing to sign off was found
    assert read == ["content/index.md"]
