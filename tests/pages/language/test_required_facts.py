"""What must be said is said, on its page and with its sources."""

from tests.pages.samples import check_content, make_content, make_page

FACT = """\
- id: fades
  fact: Effects fade.
  page: /page/
  must_contain: [the effect often fades, after days]
  sources: [S1, S2]
"""


def problems_of(folder, body, fact=FACT):
    content = make_content(folder, page=make_page(body))
    (content / "must_say.yaml").write_text(fact)
    return [str(problem) for problem in check_content(content)]


def test_a_fact_that_is_said_with_its_sources_is_fine(tmp_path):
    assert problems_of(tmp_path, "The effect\n*often* fades [@S1]. It is after days [@S2].") == []


def test_a_fact_may_be_said_in_a_heading(tmp_path):
    assert problems_of(tmp_path, "## After days\n\nThe effect often fades [@S1; @S2].") == []


def test_a_fact_that_is_not_said_is_named(tmp_path):
    assert problems_of(tmp_path, "The effect often fades [@S1; @S2].") == [
        'content/page.md:5: The page must say: Effects fade. The words "after days" are missing. '
        'Fix: Put them back, or update "fades" in must_say.yaml if you now say it differently.'
    ]


def test_a_fact_without_its_sources_is_an_error_at_its_sentence(tmp_path):
    assert problems_of(tmp_path, "One.\nThe effect often fades after days [@S1].\nTwo [@S2].") == [
        "content/page.md:6: The page must cite sources for this: Effects fade. "
        "Fix: Add [@S2] to this sentence."
    ]


def test_a_fact_whose_page_is_gone_is_an_error(tmp_path):
    [problem] = problems_of(tmp_path, "x", FACT.replace("/page/", "/pag/"))
    assert problem == (
        "content/must_say.yaml:3: The page /pag/, which must say this, doesn't exist: Effects "
        'fade. Fix: Put it back, or name the page that says it. Did you mean "/page/"?'
    )


def test_a_fact_names_sources_that_are_there(tmp_path):
    text = "The effect often fades after days [@S1; @S2]."
    [problem] = problems_of(tmp_path, text, FACT.replace("[S1, S2]", "[S1, S9]"))
    assert problem.startswith('content/must_say.yaml:5: There is no source "S9".')


def test_the_list_is_a_list(tmp_path):
    assert problems_of(tmp_path, "Text.", "id: fades\n") == [
        "content/must_say.yaml:1: There is no list here. Fix: Begin each entry with `- `."
    ]
