import pytest

from tests.html import Page

OPTIONS = """\
## All of them

::: compare
### Spray

- **What:** A spray [@S1].
- **Time:** Two hours [@S2].

### Waiting

- **What:** Nothing new.
- **Time:** No visits.
:::
"""


def test_each_option_answers_the_same_under_the_same_labels(html_of):
    page = Page(html_of(OPTIONS))
    assert [each.words for each in page.all("th")] == ["What", "Time", "Spray", "Waiting"]
    cells = [(each["data-label"], each.words) for each in page.all("td")]
    assert cells == [
        ("What", "A spray[1]."),
        ("Time", "Two hours[2]."),
        ("What", "Nothing new."),
        ("Time", "No visits."),
    ]


def test_a_quotation_mark_in_a_label_does_not_end_its_attribute(html_of):
    page = Page(html_of(OPTIONS.replace("**Time:**", '**"Time" & more:**')))
    assert [each["data-label"] for each in page.all("td")][1] == '"Time" & more'


def test_an_option_can_be_linked_and_the_table_has_one_mark(html_of):
    page = Page(html_of(OPTIONS))
    assert [each["id"] for each in page.all("th") if each["id"]] == ["spray", "waiting"]
    [mark] = page.all("summary")
    assert (mark.words, mark.inside[-2]) == ("2 sources", "div")


def test_what_a_reader_marks_can_be_sent_nowhere(html_of):
    page = Page(html_of(OPTIONS))
    [box] = page.all("input")
    assert box["name"] is None
    assert "form" not in box.inside


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (OPTIONS.replace("- **Time:** No visits.\n", ""), '"Waiting" has other facts than'),
        (OPTIONS.replace("**What:** Nothing", "**Why:** Nothing"), "Write these, in this order"),
        (OPTIONS.replace("- **What:** Nothing new.", "- Nothing new."), "isn't a key fact"),
        (OPTIONS.replace("**Time:**", "**Time {clock}:**"), "A label in a comparison is plain"),
        (OPTIONS.replace("**Time:**", "**The *time*:**"), "A label in a comparison is plain"),
        ("::: compare\n:::", 'The block "compare" has no items.'),
    ],
)
def test_an_option_that_cannot_be_compared_is_an_error(problems_with, body, message):
    assert any(message in problem for problem in problems_with(body))
