"""An image that can't be shown is named with its line and a fix before it is decoded."""

import struct
import zlib

import pytest
from PIL import Image, ImageFile

from kapsite.pages.load import images
from tests.pages.images import encoded, photo, save_image
from tests.pages.samples import check_content, make_content, make_page

DOOR = "![The blue door](images/door.jpg)"


@pytest.fixture
def problems(tmp_path, monkeypatch):
    """The problems of a page that shows the image ``name`` with this content."""

    def never(*_):
        raise AssertionError("An image was decoded.")

    monkeypatch.setattr(ImageFile.ImageFile, "load", never)

    def check(data: bytes | None = None, name: str = "door.jpg") -> list[str]:
        content = make_content(
            tmp_path, page=make_page(f"Come in.\n![The blue door](images/{name})")
        )
        if data is not None:
            save_image(content, name, data)
        return [str(problem) for problem in check_content(content)]

    return check


def png_header(width: int, height: int) -> bytes:
    """A PNG without pixels that says how many it has."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = b"IDAT" + zlib.compress(b"")
    chunks = (
        struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
        for chunk in (header, pixels, b"IEND")
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def webp_header(width: int, height: int) -> bytes:
    sizes = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    chunk = b"VP8X" + (10).to_bytes(4, "little") + bytes(4) + sizes
    return b"RIFF" + (len(chunk) + 4).to_bytes(4, "little") + b"WEBP" + chunk


def name_of_case(value: str | bytes) -> str:
    return value if isinstance(value, str) else ""


def moving(kind: str) -> bytes:
    return encoded(photo((90, 60)), kind, save_all=True, append_images=[Image.new("RGB", (90, 60))])


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("door.jpg", encoded()),
        ("door.jpeg", encoded()),
        ("DOOR.JPG", encoded()),
        ("2026/door.png", encoded(kind="PNG")),
        ("door.webp", encoded(kind="WEBP")),
        ("two-in-one.jpg", moving("MPO")),
    ],
    ids=name_of_case,
)
def test_a_jpeg_png_or_webp_file_is_fine(problems, name, data):
    assert problems(data, name) == []


BIG, MANY = "is larger than 20 MB.", "has more than 40 megapixels. Fix: Save a smaller copy"
MOVES, LONG = "moves, and readers couldn't stop it.", "is more than 10 times as long as it is wide."
UNKNOWN = "isn't a JPEG, PNG or WebP image, whatever its name says, or it is damaged. Fix: Save a"


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("door.jpg", b"\xff\xd8\xff" + bytes(images.LARGEST_FILE), BIG),
        ("door.png", png_header(8001, 5000), MANY),
        ("door.png", png_header(60_000, 60_000), MANY),
        ("door.webp", webp_header(16_000, 16_000), MANY),
        ("door.jpg", encoded(photo((1100, 100))), LONG),
        ("door.png", png_header(100, 1100), LONG),
        ("door.png", moving("PNG"), MOVES),
        ("door.webp", moving("WEBP"), MOVES),
        ("door.png", encoded(), "is a JPEG file, and its name ends in .png. Fix: Rename it to "
         "images/door.jpg, in the text too."),
        ("door", encoded(), "is a JPEG file, and its name ends in nothing."),
        ("door.jpg", encoded(kind="GIF"), UNKNOWN),
        ("door.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", UNKNOWN),
        ("door.jpg", b"hello", UNKNOWN),
        ("door.jpg", encoded()[:20], UNKNOWN),
        ("door.png", encoded(kind="PNG")[:20], UNKNOWN),
        ("door.png", png_header(0, 10), UNKNOWN),
    ],
    ids=name_of_case,
)  # fmt: skip
def test_another_file_is_refused_at_the_line_that_shows_it(problems, name, data, message):
    [problem] = problems(data, name)
    assert problem.startswith(f"content/page.md:6: The image images/{name} {message}")


@pytest.mark.parametrize(
    ("address", "fix"),
    [
        ("images/dor.jpg", 'Did you mean "images/door.jpg"?'),
        ("images/Door.jpg", 'Did you mean "images/door.jpg"?'),
        ("door.jpg", 'Did you mean "images/door.jpg"?'),
        ("../images/door.jpg", 'Did you mean "images/door.jpg"?'),
        ("/static/img/door.jpg", 'Did you mean "images/door.jpg"?'),
        ("images/", 'Did you mean "images/door.jpg"?'),
        ("images/../clinic.yaml", "Write one of: images/door.jpg."),
        ("https://example.org/a%20b.png?w=9", "Put the image in content/images/, then write"),
    ],
)
def test_an_image_that_is_not_there_is_an_error(tmp_path, address, fix):
    content = make_content(tmp_path, page=make_page(f"{DOOR}\n![Another door]({address})"))
    save_image(content, "door.jpg")
    [problem] = check_content(content)
    assert (problem.file, problem.line) == ("content/page.md", 6)
    assert problem.message == f"There is no image {address}."
    assert problem.fix.startswith(fix)


def test_the_first_image_of_a_site_is_told_where_to_go(problems):
    [problem] = problems(name="Our%20Door.JPG")
    assert problem.endswith(
        "Fix: Put the image in content/images/, then write images/our-door.jpg."
    )


@pytest.mark.parametrize("name", ["My Café.jpg", "my%20café.jpg"])
def test_a_name_that_no_address_can_have_is_named_with_a_better_one(tmp_path, name):
    content = make_content(tmp_path, page=make_page(f"![The blue door](<images/{name}>)"))
    save_image(content, name.replace("%20", " "))
    [problem] = [found for found in check_content(content) if found.level == "error"]
    assert problem.message.endswith("has a name that web addresses can't have.")
    assert problem.fix == "Rename it to images/my-cafe.jpg, in the text too."


@pytest.mark.parametrize("target", ["secret.jpg", "content/door.jpg"])
def test_a_link_to_a_file_elsewhere_is_not_followed(tmp_path, target):
    content = make_content(tmp_path, page=make_page(DOOR))
    (tmp_path / target).write_bytes(encoded())
    (content / "images").mkdir()
    (content / "images/door.jpg").symlink_to(tmp_path / target)
    found = [problem.message for problem in check_content(content) if problem.level == "error"]
    assert found == ["The image images/door.jpg is only a link to a file outside of this folder."]


def test_a_link_to_another_image_is_fine(tmp_path):
    content = make_content(tmp_path, page=make_page(f"{DOOR}\n![The door](images/entrance.jpg)"))
    save_image(content, "entrance.jpg")
    (content / "images/door.jpg").symlink_to("entrance.jpg")
    assert check_content(content) == []


def test_an_image_nobody_shows_is_a_warning(tmp_path):
    content = make_content(tmp_path)
    save_image(content, "door.jpg")
    [problem] = check_content(content)
    assert (problem.level, problem.file, problem.line) == ("warning", "content/images/door.jpg", 1)


def test_an_image_is_read_again_only_when_it_changed(tmp_path, monkeypatch):
    content = make_content(tmp_path, page=make_page(DOOR))
    file = save_image(content, "door.jpg")
    assert check_content(content) == []
    with monkeypatch.context() as patch:
        patch.setattr(images, "opened", None)
        assert check_content(content) == []
    file.write_bytes(b"no longer an image")
    assert len(check_content(content)) == 1
