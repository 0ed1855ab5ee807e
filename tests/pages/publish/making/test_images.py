"""Images beside the content: published in a few widths, small, upright and without EXIF."""

import io
from datetime import date
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from PIL import ExifTags, Image, ImageCms

from kapsite.content_files.problems import ContentError
from kapsite.pages.publish.making import images, toolchain
from kapsite.pages.publish.publisher import publish
from kapsite.pages.publish.serving.server import PageServer
from tests.html import Page
from tests.pages.images import encoded, photo, save_image
from tests.pages.samples import make_content, make_page
from tests.wsgi import ask

# About files. The command records history, which tests/editor/versions is about on both.
pytestmark = [pytest.mark.django_db, pytest.mark.sqlite]

TODAY = date(2026, 11, 22)
SHOWN = "![The entrance](images/entrance.jpg)"


def read(file: Path) -> Image.Image:
    return Image.open(io.BytesIO(file.read_bytes()))


@pytest.fixture
def content(tmp_path):
    return make_content(tmp_path, page=make_page(f"Come in.\n{SHOWN}"))


@pytest.fixture
def published(tmp_path, content):
    """Publish; the images of the page, each with its width in pixels and its file."""

    def run() -> list[dict]:
        publish(content, tmp_path / "published", TODAY)
        page = Page((tmp_path / "published/current/page/index.html").read_text())
        return page.all("img")

    return run


@pytest.fixture
def entrance(tmp_path, content, published):
    """The largest published image that is made from this content."""

    def run(data: bytes | None, name: str = "entrance.jpg") -> Image.Image:
        save_image(content, name, data)
        (content / "page.md").write_text(make_page(f"![The entrance](images/{name})"))
        [shown] = published()
        largest = shown["srcset"].split(", ")[-1].split()[0]
        return read(tmp_path / "published/current" / largest[1:])

    return run


def test_a_photo_is_published_in_three_widths_whose_size_is_known_before_they_arrive(
    tmp_path, content, published
):
    save_image(content, "entrance.jpg", encoded(photo((3000, 2000))))
    [shown] = published()
    files = dict(choice.split()[::-1] for choice in shown["srcset"].split(", "))
    assert list(files) == ["480w", "800w", "1200w"]
    assert shown["src"] == files["800w"]
    assert (shown["width"], shown["height"]) == ("1200", "800")
    sizes = [read(tmp_path / "published/current" / file[1:]).size for file in files.values()]
    assert sizes == [(480, 320), (800, 533), (1200, 800)]
    assert (shown["alt"], shown["decoding"]) == ("The entrance", "async")


@pytest.mark.parametrize(
    ("width", "widths"), [(300, [300]), (480, [480]), (590, [590]), (700, [480, 700])]
)
def test_no_image_is_enlarged_or_published_twice_in_nearly_the_same_width(
    content, published, width, widths
):
    save_image(content, "entrance.jpg", encoded(photo((width, 200))))
    [shown] = published()
    assert shown["srcset"].count(",") + 1 == len(widths)
    assert [f" {each}w" in shown["srcset"] for each in widths] == [True] * len(widths)


def test_images_further_down_are_loaded_when_a_reader_comes_near(content, published):
    save_image(content, "entrance.jpg")
    save_image(content, "room.png")
    (content / "page.md").write_text(make_page(f"{SHOWN}\n\n![A room](images/room.png)"))
    assert [shown["loading"] for shown in published()] == [None, "lazy"]


def test_an_image_is_served_from_memory_to_be_kept_for_ever(tmp_path, content, published):
    save_image(content)
    [shown] = published()
    answer = ask(
        PageServer(None, tmp_path / "published"), shown["src"], HTTP_ACCEPT_ENCODING="br, gzip"
    )
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/webp")
    assert answer.headers["Cache-Control"] == "max-age=315360000, public, immutable"
    assert not {"Content-Encoding", "Vary"} & set(answer.headers)
    assert Image.open(io.BytesIO(answer.body)).format == "WEBP"


def test_a_page_from_before_can_still_load_its_images_after_the_next_publication(
    tmp_path, content, published
):
    file = save_image(content)
    [shown] = published()
    site = PageServer(None, tmp_path / "published", clock=iter(range(0, 900, 10)).__next__)
    file.write_bytes(encoded(photo((900, 500))))
    [other] = published()
    assert [ask(site, each["src"]).status for each in (other, shown)] == [200, 200]


def test_an_image_turns_upright_and_loses_what_the_camera_wrote(entrance):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6  # turn it clockwise
    exif[ExifTags.Base.Make] = "A camera"
    made = entrance(encoded(photo((900, 600)), exif=exif, comment=b"at home"))
    assert made.size == (600, 900)
    assert made.getpixel((590, 450))[0] > 200  # the red top is on the right
    assert made.getpixel((10, 450))[2] > 200
    assert not {"exif", "xmp", "icc_profile", "comment"} & set(made.info)


@pytest.mark.parametrize("turn", range(1, 9))
def test_all_eight_ways_to_hold_a_camera_are_known(entrance, turn):
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = turn
    made = entrance(encoded(photo((300, 200)), exif=exif))
    width, height = made.size
    middle = {"top": (width // 2, 9), "bottom": (width // 2, height - 9),
              "left": (9, height // 2), "right": (width - 9, height // 2)}  # fmt: skip
    red = {
        1: "top",
        2: "top",
        3: "bottom",
        4: "bottom",
        5: "left",
        6: "right",
        7: "right",
        8: "left",
    }
    blue = {"top": "bottom", "bottom": "top", "left": "right", "right": "left"}[red[turn]]
    assert made.getpixel(middle[red[turn]])[0] > 200
    assert made.getpixel(middle[blue])[2] > 200


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("gray.jpg", encoded(photo(mode="L"))),
        ("print.jpg", encoded(photo(mode="CMYK"))),
        ("palette.png", encoded(photo(mode="P"), "PNG")),
        ("one-bit.png", encoded(photo(mode="1"), "PNG")),
        ("gray-alpha.png", encoded(photo(mode="LA"), "PNG")),
        ("sixteen.png", encoded(Image.new("I;16", (90, 60), 40_000), "PNG")),
        ("clear.webp", encoded(photo(mode="RGBA"), "WEBP", lossless=True)),
        ("one-pixel.png", encoded(photo((1, 1)), "PNG")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_kind_of_jpeg_png_and_webp_can_be_published(entrance, name, data):
    assert entrance(data, name).mode == "RGB"


def test_sixteen_bits_of_gray_keep_their_brightness(entrance):
    made = entrance(encoded(Image.new("I;16", (90, 60), 128 * 257), "PNG"), "gray.png")
    assert abs(made.getpixel((45, 30))[0] - 128) < 4


def test_what_is_see_through_becomes_white_so_that_dark_lines_stay_visible(entrance):
    made = entrance(encoded(Image.new("RGBA", (90, 60), (0, 0, 0, 0)), "PNG"), "plan.png")
    assert min(made.getpixel((45, 30))) > 250


def test_colors_of_another_profile_are_converted(entrance):
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    for profile in (ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(), lab, b"x"):
        made = entrance(encoded(Image.new("RGB", (90, 60), (200, 100, 50)), icc_profile=profile))
        assert all(
            abs(a - b) < 9 for a, b in zip(made.getpixel((45, 30)), (200, 100, 50), strict=True)
        )


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("entrance.jpg", encoded(photo((900, 600)))[:-900]),
        ("entrance.png", encoded(kind="PNG")[:-200]),
        ("entrance.webp", encoded(kind="WEBP")[:-200]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_is_cut_off_is_a_problem_with_its_line(entrance, name, data):
    with pytest.raises(ContentError) as error:
        entrance(data, name)
    [problem] = error.value.problems
    assert (problem.file, problem.line) == ("content/page.md", 5)
    assert problem.message.startswith(f"The image images/{name} is")


def test_both_commands_say_what_is_wrong_with_an_image(tmp_path, content, settings, capsys):
    settings.CONTENT_DIR, settings.PUBLISHED_DIR = content, tmp_path / "published"
    save_image(content, "entrance.jpg", encoded()[:-900])
    with pytest.raises(SystemExit):
        call_command("check_content")
    assert "line 6: The image images/entrance.jpg is cut off or damaged." in capsys.readouterr().out
    with pytest.raises(CommandError, match="Nothing was published"):
        call_command("publish")
    assert "line 6: The image images/entrance.jpg is cut off" in capsys.readouterr().err


def test_an_unchanged_image_is_kept_even_when_all_pages_are_made_again(
    content, published, monkeypatch
):
    file = save_image(content)
    [before] = published()
    images.resized.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(images, "resized", None)
        patch.setattr(toolchain, "parts", lambda: [b"another version of the site"])
        (content / "index.md").write_text(make_page("Changed.", title="Home"))
        assert published() == [before]
    file.write_bytes(encoded(photo((900, 500))))
    [after] = published()
    assert after["src"] != before["src"]


def test_a_damaged_image_of_the_set_is_made_again(tmp_path, content, published):
    save_image(content)
    [shown] = published()
    file = tmp_path / "published/current" / shown["src"][1:]
    whole = file.read_bytes()
    file.write_bytes(b"damaged")
    published()
    assert file.read_bytes() == whole


def test_only_images_that_a_page_shows_are_published(tmp_path, content, published):
    save_image(content)
    save_image(content, "unused.jpg")
    published()
    names = {file.name.split("-")[0] for file in (tmp_path / "published/current/images").iterdir()}
    assert names == {"entrance"}
