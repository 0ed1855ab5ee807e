import pytest

from tests.pages.conftest import TODAY
from tests.pages.samples import check_content, load_catalog, make_content, make_page

WORDS = """\
Placebo: {meaning: Something without a drug in it., also: [dummy pill]}
Active placebo: {meaning: A drug that you can feel.}
PE: {meaning: A talk therapy.}
Trial: {meaning: A study., linked: no}
"""
LINK = '<a href="/glossary/#placebo">'


@pytest.fixture
def content(tmp_path):
    """A sample site with a glossary of its own; ``page`` is filled by each test."""

    def make(body: str, **pages: str):
        glossary = make_page("All words.\n\n::: glossary\n:::", title="Words")
        folder = make_content(tmp_path, page=make_page(body), glossary=glossary, **pages)
        (folder / "glossary.yaml").write_text(WORDS, encoding="utf-8")
        return folder

    return make


@pytest.fixture
def html_with_terms(content):
    return lambda body: load_catalog(content(body)).pages["/page/"].html


def test_the_first_use_of_a_hard_word_leads_to_its_entry(html_with_terms):
    html = html_with_terms("A placebo looks real.\n\nA placebo is none.")
    assert html == f"<p>A {LINK}placebo</a> looks real.</p>\n<p>A placebo is none.</p>\n"


def test_another_form_of_the_word_is_a_use_too(html_with_terms):
    html = html_with_terms("A dummy pill is a placebo.")
    assert html == f"<p>A {LINK}dummy pill</a> is a placebo.</p>\n"


def test_the_longest_word_is_meant(html_with_terms):
    html = html_with_terms("An active placebo and a placebo.")
    assert html.count("<a ") == 2
    assert '<a href="/glossary/#active-placebo">active placebo</a>' in html


@pytest.mark.parametrize("text", ["A placebo-like effect.", "Placebos, or a preplacebo."])
def test_a_part_of_a_longer_word_is_no_use(html_with_terms, text):
    assert "<a " not in html_with_terms(text)


def test_an_abbreviation_counts_in_capital_letters_only(html_with_terms):
    assert "<a " not in html_with_terms("Type it as pe, please.")
    assert '<a href="/glossary/#pe">PE</a>' in html_with_terms("It is called PE.")


def test_a_word_that_the_glossary_does_not_link_stays_plain(html_with_terms):
    assert html_with_terms("A trial.") == "<p>A trial.</p>\n"


@pytest.mark.parametrize(
    "text",
    [
        "## What a placebo is",
        "[Placebo](/page/)",
        "**Placebo:** it",
        "| Placebo |\n|---|\n| 1 |",
        "::: questions\n### What is a placebo?\nNo drug.\n:::",
    ],
)
def test_headings_links_and_labels_stay_free_of_links_to_the_glossary(html_with_terms, text):
    html = html_with_terms(f"{text}\n\nThen a placebo.")
    assert html.endswith(f"<p>Then a {LINK}placebo</a>.</p>\n")
    assert html.count("/glossary/") == 1


def test_the_space_before_a_source_goes_and_the_link_stays(html_with_terms):
    assert f"{LINK}placebo</a><sup>" in html_with_terms("It was a placebo [@S1].")


def test_what_stands_around_a_link_is_escaped(html_with_terms):
    html = html_with_terms("Tom & a placebo & Jerry.")
    assert html == f"<p>Tom &amp; a {LINK}placebo</a> &amp; Jerry.</p>\n"


def test_the_glossary_does_not_lead_to_itself(content):
    pages = load_catalog(content("Text.")).pages
    assert "/glossary/#" not in pages["/glossary/"].html


def test_without_a_page_that_explains_them_words_are_not_linked(html_of):
    assert html_of("A placebo.") == "<p>A placebo.</p>\n"


def test_every_link_to_the_glossary_meets_its_entry(content):
    folder = content("A placebo, an active placebo, and PE.")
    pages = load_catalog(folder).pages
    for entry in ("placebo", "active-placebo", "pe"):
        assert f'href="/glossary/#{entry}"' in pages["/page/"].html
        assert f'<div id="{entry}"><dt><dfn>' in pages["/glossary/"].html


def test_the_glossary_is_in_the_order_of_the_alphabet(content):
    html = load_catalog(content("Text.")).pages["/glossary/"].html
    assert [part.split("<")[0] for part in html.split("<dfn>")[1:]] == [
        "Active placebo",
        "PE",
        "Placebo",
        "Trial",
    ]


def test_an_entry_names_other_words_and_not_its_own_forms(content):
    folder = content("Text.")
    words = "Placebo: {meaning: No drug., also: [placebos, dummy pill, dummy pills]}"
    (folder / "glossary.yaml").write_text(words, encoding="utf-8")
    assert "No drug. Also called: dummy pill.</dd>" in load_catalog(folder).pages["/glossary/"].html


def test_two_entries_that_would_share_an_address_are_reported(content):
    folder = content("Text.")
    words = "Off-label: {meaning: One.}\nOff label: {meaning: Two.}"
    (folder / "glossary.yaml").write_text(words, encoding="utf-8")
    [problem] = check_content(folder, TODAY)
    assert str(problem).startswith('content/glossary.md:7: Two parts of the page are "off-label".')


def test_whether_a_word_is_linked_is_yes_or_no(content):
    folder = content("Text.")
    (folder / "glossary.yaml").write_text("PE: {meaning: One., linked: maybe}", encoding="utf-8")
    assert [str(problem) for problem in check_content(folder, TODAY)] == [
        'content/glossary.yaml:1: "linked" should be yes or no. Fix: Write yes or no.'
    ]
