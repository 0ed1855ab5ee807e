import re

from django.conf import settings

from kapsite.inquiries.templatetags.icons import icon

TEMPLATES = settings.BASE_DIR / "templates"


def test_an_icon_points_to_its_drawing_and_is_silent_for_screen_readers():
    assert icon("cal") == '<svg class="icon" aria-hidden="true"><use href="#i-cal"/></svg>'


def test_every_icon_that_a_template_names_is_drawn():
    drawn = re.findall(r'id="i-([\w-]+)"', (TEMPLATES / "admin/icons.html").read_text())
    texts = [file.read_text() for file in TEMPLATES.rglob("*.html")]
    named = {name for text in texts for name in re.findall(r'{% icon "([\w-]+)" %}', text)}
    assert named
    assert named <= set(drawn)
