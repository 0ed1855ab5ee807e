"""Photos that an editor uploads, good and bad."""

import io
import os
import re
import time
import zlib
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import ExifTags, Image

from kapsite.editor.images import uploads
from kapsite.editor.images.prepared import Preparing
from kapsite.editor.models import ContentVersion, Kind, Upload
from tests.pages.images import encoded, photo
from tests.pages.samples import make_page

LIST = "/admin/edit/images/"
GPS = 0x8825


def send(client, data=None, filename="IMG 0001.JPG", **also):
    file = SimpleUploadedFile(filename, encoded() if data is None else data)
    words = {"name": "Entrance with ramp", "alternative": "A blue door with a ramp"}
    return client.post(LIST, words | also | {"file": file}, follow=True)


def kept_files(settings) -> list[Path]:
    return list((settings.VAR_DIR / "uploads").iterdir())


def with_place() -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.Model] = "Zyxcamera"
    exif.get_ifd(GPS)[1] = "N"
    return encoded(photo((900, 600)), exif=exif, comment=b"zyxcomment")


def test_a_photo_comes_into_the_folder_upright_and_without_what_the_camera_wrote(
    pat, work, content, settings
):
    assert "Uploaded." in send(pat, with_place()).content.decode()
    work()
    made = content / "images/entrance-with-ramp.jpg"
    with Image.open(made) as image:
        assert image.size == (600, 900)
        assert not image.getexif()
    assert b"Zyxcamera" not in made.read_bytes()
    assert b"zyxcomment" not in made.read_bytes()
    current = ContentVersion.objects.current()
    assert (current.kind, current.by) == (Kind.IMAGE, "pat")
    assert kept_files(settings) == []
    shown = pat.get(LIST).content.decode()
    assert "<td>A blue door with a ramp</td>" in shown
    assert "No page yet" in shown
    answer = pat.get(f"{LIST}file/images/entrance-with-ramp.jpg")
    assert (answer["Content-Type"], answer.content) == ("image/jpeg", made.read_bytes())


def test_the_list_and_the_picker_show_small_images(pat, work):
    send(pat)
    work()
    page = "/admin/edit/page/index.md/"
    assert '<span class="small-image"></span>' in pat.get(page).content.decode()
    Preparing().prepare_next()
    for address in (LIST, page):
        small = re.search(r'class="small-image" src="([^"]+)"', pat.get(address).content.decode())
        assert pat.get(small[1])["Content-Type"] == "image/webp"


def test_a_large_photo_becomes_as_large_as_screens_need(pat, work, content):
    send(pat, encoded(photo((4000, 3000))))
    work()
    with Image.open(content / "images/entrance-with-ramp.jpg") as image:
        assert image.size == (2400, 1800)


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Tür & Café", "tur-cafe"),
        ("  door.JPG ", "door"),
        ("../../etc/passwd", "etc-passwd"),
        ("a" * 80, "a" * 60),
    ],
)
def test_the_name_of_the_file_is_ours(pat, work, content, name, file):
    send(pat, name=name)
    work()
    assert [each.name for each in (content / "images").iterdir()] == [f"{file}.jpg"]


def bomb() -> bytes:
    """A small file that says it has 900 megapixels."""
    data = bytearray(encoded(photo((8, 8)), "PNG"))
    data[16:24] = (30_000).to_bytes(4, "big") * 2
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    return bytes(data)


def gif() -> bytes:
    frames = [photo((40, 40)), photo((40, 40)).rotate(180)]
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    return file.getvalue()


AT_ONCE = [
    (b"", "The file is empty."),
    (b"MZ\x90\x00 a program", "isn’t a JPEG, PNG or WebP image, whatever its name says."),
    (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "This is an SVG"),
    (gif(), "This is a GIF, which may move"),
    (b"\x00\x00\x00\x18ftypheic", "such as HEIC"),
]
IN_THE_WORKER = [
    (encoded()[:2_000], "is cut off or damaged"),
    (bomb(), "has more than 40 megapixels"),
    (encoded(photo((2_000, 20))), "times as long as it is wide"),
    (b"\xff\xd8\xff" + os.urandom(500), "is cut off or damaged"),
]


@pytest.mark.parametrize(("data", "words"), AT_ONCE, ids=["empty", "program", "svg", "gif", "heic"])
def test_what_is_no_image_is_explained_at_once_and_not_kept(pat, settings, data, words):
    answer = send(pat, data, filename="photo.jpg")
    assert words in answer.content.decode()
    assert "A blue door with a ramp" in answer.content.decode()
    assert not Upload.objects.exists()
    assert kept_files(settings) == []


@pytest.mark.parametrize(
    ("data", "words"), IN_THE_WORKER, ids=["truncated", "bomb", "oblong", "random"]
)
def test_what_only_decoding_finds_is_explained_on_the_page(
    pat, work, content, settings, data, words
):
    send(pat, data)
    work()
    shown = pat.get(LIST).content.decode()
    assert "can’t be used" in shown
    assert words in shown
    assert "data-waits" not in shown
    assert not (content / "images").exists()
    assert kept_files(settings) == []
    send(pat)
    work()
    assert words not in pat.get(LIST).content.decode()


@pytest.mark.parametrize(
    ("also", "words"),
    [
        ({"name": ""}, "Type a few words with Latin letters or digits."),
        ({"name": "門"}, "Type a few words with Latin letters or digits."),
        ({"alternative": ""}, "Say what the image shows"),
        ({"alternative": "IMG_0001.jpg"}, "Say what the image shows"),
        ({"name": "Entrance"}, "There is an image “entrance”"),
        ({"replaces": "images/gone.jpg"}, "has been removed"),
    ],
)
def test_a_name_or_text_that_says_nothing_is_explained(pat, work, settings, also, words):
    send(pat, name="Entrance")
    work()
    assert words in send(pat, **also).content.decode()
    assert kept_files(settings) == []


def test_a_full_disk_is_explained(pat, monkeypatch, settings):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("kapsite.editor.images.uploads.IntoFolder.receive_data_chunk", full)
    assert "its disk may be full" in send(pat).content.decode()
    assert kept_files(settings) == []


def test_a_disk_that_fills_while_the_worker_writes_is_explained(pat, work, content, fill_disk):
    send(pat)
    fill_disk()
    work()
    shown = pat.get(LIST).content.decode()
    assert "No space left on device" in shown
    assert "was not published" in shown
    assert "data-waits" not in shown
    assert not list((content / "images").glob("*"))


def test_an_image_is_replaced_everywhere_under_its_name(pat, work, content):
    send(pat)
    work()
    before = (content / "images/entrance-with-ramp.jpg").read_bytes()
    send(pat, encoded(photo((300, 200)), "PNG"), replaces="images/entrance-with-ramp.jpg")
    work()
    after = content / "images/entrance-with-ramp.jpg"
    assert after.read_bytes() != before
    with Image.open(after) as image:
        assert (image.format, image.size) == ("JPEG", (300, 200))


def test_only_a_publisher_changes_what_readers_see(pat, browser, work):
    send(pat)
    work()
    eve = browser("editor", "eve")
    assert send(eve, replaces="images/entrance-with-ramp.jpg").status_code == 403
    assert eve.post(f"{LIST}remove/images/entrance-with-ramp.jpg/").status_code == 403


def test_an_image_is_removed_only_while_nothing_shows_it(pat, work, content):
    send(pat)
    work()
    page, file = content / "index.md", content / "images/entrance-with-ramp.jpg"
    before = page.read_text()
    page.write_text(make_page("![A door](images/entrance-with-ramp.jpg)\n", title="Home"))
    answer = pat.post(f"{LIST}remove/images/entrance-with-ramp.jpg/", follow=True)
    assert "can’t be removed while it is shown on: Home" in answer.content.decode()
    page.write_text(before)
    pat.post(f"{LIST}remove/images/entrance-with-ramp.jpg/")
    work()
    assert not file.exists()


def test_nothing_is_read_from_who_may_not_upload(browser, content, settings):
    """Not even to look for the token of the form."""
    client = browser("reviewer", "rae")
    assert send(client).status_code == 403
    assert send(Client()).status_code in (200, 302, 403)
    assert not (settings.VAR_DIR / "uploads").exists()


def test_a_form_of_another_site_uploads_nothing(pat):
    pat.handler.enforce_csrf_checks = True
    assert send(pat).status_code == 403
    assert not Upload.objects.exists()


def test_what_was_never_handed_to_the_worker_is_removed_after_an_hour(content):
    left = uploads.folder() / "left.upload"
    left.write_bytes(b"x")
    uploads.process_next()
    assert left.exists()
    os.utime(left, (0, time.time() - uploads.ABANDONED - 1))
    uploads.process_next()
    assert not left.exists()
