"""New values in a YAML text: what keeps its value keeps its bytes."""

from pathlib import Path

import pytest

from kapsite.content_files.problems import Report
from kapsite.content_files.yaml_reader import parse
from kapsite.editor.data_forms.files.yaml_writer import rewritten

CONTENT = Path("content")
FILES = sorted([*CONTENT.glob("*.yaml"), *CONTENT.glob("charts/*.yaml")])
TEXT = """\
# What we know.
name: The clinic   # as readers see it
phone: "+14255550142"
lead: >-
  One sentence.
  And one more.

# hours:
#   monday: 9 am to 5 pm
lines:
  # The first one.
  - name: One
    call: "911"
    sources: [S1, S2]
  # The second one.
  - name: Two
    for: {some: "people"}
"""


def read(text):
    return parse(text, Report("x")).data


def changed(text=TEXT, **values):
    return rewritten(text, read(text), read(text) | values)


def differing(before, after):
    """The lines that are gone, and the new ones."""
    old, new = before.splitlines(), after.splitlines()
    return [line for line in old if line not in new], [line for line in new if line not in old]


@pytest.mark.parametrize("file", FILES, ids=str)
def test_a_file_in_which_nothing_changes_stays_as_it_is_to_the_byte(file):
    text, is_list = file.read_text(), not (parse(file.read_text(), Report("x")))
    if found := parse(text, Report("x"), is_list=is_list):
        assert rewritten(text, found.data, found.data) == text


@pytest.mark.parametrize(
    ("values", "gone", "new"),
    [
        ({"name": "A: b"}, "name: The clinic   # as readers see it",
         "name: 'A: b'       # as readers see it"),
        ({"phone": "+1999"}, 'phone: "+14255550142"', 'phone: "+1999"'),
        ({"lead": "One sentence. Another one."}, "  And one more.", "  Another one."),
    ],
)  # fmt: skip
def test_a_value_is_replaced_with_its_quotes_and_its_comment_kept(values, gone, new):
    assert differing(TEXT, changed(**values)) == ([gone], [new])


def test_a_new_entry_stands_where_a_comment_shows_how_to_write_it():
    after = changed(hours={"monday": "9 am to noon"})
    assert "\n\nhours:\n  monday: 9 am to noon\n# hours:\n" in after


def test_a_new_entry_stands_below_the_one_before_it():
    values = read(TEXT)
    values = {"name": values.pop("name"), "email": "a@example.org"} | values
    assert 'it\nemail: a@example.org\nphone: "' in rewritten(TEXT, read(TEXT), values)


def test_an_entry_that_is_removed_leaves_the_others_and_their_comments():
    values = read(TEXT)
    del values["phone"]
    assert rewritten(TEXT, read(TEXT), values) == TEXT.replace('phone: "+14255550142"\n', "")


def test_entries_of_a_list_change_in_place_and_keep_the_style_of_theirs():
    lines = read(TEXT)["lines"]
    lines[0] |= {"call": "112", "sources": ["S1", "S3"]}
    gone, new = differing(TEXT, changed(lines=lines))
    assert gone == ['    call: "911"', "    sources: [S1, S2]"]
    assert new == ['    call: "112"', "    sources: [S1, S3]"]


def test_entries_that_move_take_the_comment_above_them_along():
    after = changed(lines=read(TEXT)["lines"][::-1])
    assert read(after)["lines"][0]["name"] == "Two"
    assert "  # The second one.\n  - name: Two\n" in after


def test_an_entry_that_is_added_to_a_file_of_comments_stands_below_them():
    assert rewritten("# - name: …\n", [], [{"name": "Ada"}]) == "# - name: …\n- name: Ada\n"


@pytest.mark.parametrize(
    "value",
    ["#1", "a # b", "- x", "yes", "2027-01-01", "007", '"', "it's: so", "{phone}", "a\nb", "*",
     "so:", "? x", "%x", "@x", "`x", "[x", "{x", "!x", "&x", "|", ">", "~", ": x"],
)  # fmt: skip
def test_whatever_is_typed_reads_as_it_was_typed(value):
    after = changed(name=value, more=[value, {"x": value}])
    assert (read(after)["name"], read(after)["more"]) == (value, [value, {"x": value}])
