"""Photos of people: chosen from the site's images, and what they show."""

import pytest

from kapsite.editor.images.prepared import Preparing
from kapsite.editor.models import Upload
from tests.editor.data_forms.test_data_views import draft, fields, save
from tests.factories import make_staff
from tests.pages.images import save_image

URL = "/admin/edit/data/people.yaml/"
PERSON = "- name: Ada\n  role: Nurse\n"
SHIRT = "Ada, in a blue-green shirt"


@pytest.fixture
def ada(content):
    """An image that is uploaded and not prepared yet."""
    save_image(content, "ada.jpg")
    by = make_staff("editor", "una")
    Upload.objects.create(image="images/ada.jpg", alternative=SHIRT, by=by)


def people(content, text=PERSON):
    (content / "people.yaml").write_text(text)


def saved(client, **typed) -> str:
    save(client, URL, **typed)
    return draft("people.yaml")


def test_the_photo_of_a_person_is_one_of_the_images(pat, content):
    (content / "images").mkdir()
    (content / "images/ada.jpg").write_bytes(b"")
    people(content, f"{PERSON}  photo: images/gone.jpg\n")
    form = pat.get(URL).context["form"]
    names = [name for name, _ in form.groups[0].fields["photo"].widget.choices]
    assert names == ["", "images/gone.jpg", "images/ada.jpg"]


def test_the_chosen_photo_is_shown_small_once_it_is_prepared(pat, content, ada):
    people(content, f"{PERSON}  photo: images/ada.jpg\n")
    assert '<img class="small-image"' not in pat.get(URL).content.decode()
    Preparing().prepare_next()
    assert '<img class="small-image"' in pat.get(URL).content.decode()


def test_a_photo_shows_what_was_said_when_it_was_uploaded(pat, content, ada):
    people(content)
    text = saved(pat, **{"0-photo": "images/ada.jpg"})
    assert f"photo: images/ada.jpg\n  photo_shows: {SHIRT}\n" in text


def test_words_of_its_own_stay_with_a_photo(pat, content, ada):
    people(content)
    text = saved(pat, **{"0-photo": "images/ada.jpg", "0-photo_shows": "Ada laughs"})
    assert "photo_shows: Ada laughs\n" in text


def test_the_words_of_another_photo_go_with_it(pat, content, ada):
    people(content, f"{PERSON}  photo: images/ada.jpg\n  photo_shows: {SHIRT}\n")
    assert saved(pat, **{"0-photo": ""}) == PERSON


def test_on_the_way_to_the_images_what_is_typed_is_kept(pat, content):
    people(content)
    typed = fields(pat, URL) | {"0-role": "Head nurse", "to_images": "1"}
    answer = pat.post(URL, typed, follow=True)
    assert answer.redirect_chain == [("/admin/edit/images/?back=people.yaml#saved-page", 302)]
    shown = answer.content.decode()
    assert f'<a href="{URL}">Back to People</a>' in shown
    assert "Saved as a draft." in shown
    assert pat.get(URL).context["form"].groups[0]["role"].value() == "Head nurse"
