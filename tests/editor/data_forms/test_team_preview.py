"""The team page, while people are edited."""

import pytest

from kapsite.editor.images.prepared import Preparing
from kapsite.editor.models import ContentVersion
from tests.editor.data_forms.test_data_views import fields
from tests.pages.images import save_image
from tests.pages.samples import make_page

URL = "/admin/edit/data/people.yaml/"
ADA = {"0-name": "Ada Byron", "0-role": "Nurse"}


@pytest.fixture
def pat(pat, content):
    (content / "people.yaml").write_text("# Nobody yet.\n")
    return pat


def previewed(client, **typed) -> str:
    return client.post(f"{URL}preview/", fields(client, URL) | typed).content.decode()


def test_the_first_person_is_shown_before_anything_is_saved(pat):
    html = previewed(pat, **ADA)
    assert "<h1>Our team</h1>" in html
    assert "Ada Byron" in html
    assert "This is a draft." in html
    assert not ContentVersion.objects.open_drafts()


def test_a_photo_that_is_not_published_is_shown(pat, content):
    save_image(content, "ada.jpg")
    Preparing().prepare_next()
    html = previewed(pat, **ADA, **{"0-photo": "images/ada.jpg"})
    assert 'src="/admin/edit/images/prepared/ada-' in html
    assert 'alt="Portrait of Ada Byron"' in html


def test_a_team_page_of_the_editors_own_is_previewed(pat, content):
    (content / "us.md").write_text(make_page("::: team\n:::", title="Who we are"))
    html = previewed(pat, **ADA)
    assert "Who we are" in html
    assert "Ada Byron" in html


def test_while_there_is_nobody_the_form_says_so(pat):
    assert "There is no team page to show yet." in previewed(pat)


def test_a_person_who_can_not_be_shown_is_explained(pat):
    assert 'id="id_0-role_error"' in previewed(pat, **{"0-name": "Ada Byron"})
