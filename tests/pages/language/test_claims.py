"""No medical claim without a source, or without a reason why it needs none."""

import pytest

from tests.pages.samples import check_content, make_content, make_page


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("Ketamine helps people.", 5),
        ("A first sentence.\nKetamine helps people.", 6),
        ("A first sentence. Ketamine helps people.", 5),
        ("- one\n- helps people", 6),
        ("1. helps people", 5),
        ("> It helps people.", 5),
        ("| A | B |\n|---|---|\n| c | 7 in 100 |", 7),
        ("::: key-facts\n- **Label:** It helps people.\n:::", 6),
        ("::: steps\n### A step\nIt helps people.\n:::", 7),
        ("::: questions\n### Is it?\nIt helps people.\n:::", 7),
        ("::: note\nIt helps people.\n:::", 6),
        ('::: care level="soon"\n### Call us\n- helps people\n:::', 7),
        ("::: action\nIt helps people.\n:::", 6),
        ("It **helps** people.", 5),
        ("It [helps](/page/) people.", 5),
        ("It helps\npeople.", 5),
        ("It h&shy;elps people.", 5),
    ],
)
def test_a_claim_without_a_source_is_refused_at_its_line(problems_with, body, line):
    [problem] = problems_with(body)
    assert problem.startswith(f"content/page.md:{line}: This ")
    assert "makes a medical claim without a source: " in problem


def test_the_message_says_what_to_type(problems_with):
    words = "Ketamine helps people, as we have said on many other pages"
    assert problems_with(f"- {words} before now.") == [
        "content/page.md:5: This list item makes a medical claim without a source: an effect "
        '("helps people"). Fix: Add its source before the period, like [@S11]. Or list it '
        f'under `uncited` with `text: "{words}"`, and say why in `reason`.'
    ]


def test_a_claim_in_the_lead_is_refused_at_its_line(problems_with):
    lead = ">-\n  It is a page.\n  It helps people."
    [problem] = problems_with(lead=lead)
    assert problem.startswith("content/page.md:6: This sentence makes")
    assert "Add its source before the period" in problem


@pytest.mark.parametrize(
    "body",
    [
        "It helps people [@S1].",
        "It helps people. [@S1]",
        "It helps people [@S1], and so on.",
        "It helps people. [@S1] And so on.",
        "- helps people [@S1]",
        "| A | B |\n|---|---|\n| c | 7 in 100 [@S1] |",
    ],
)
def test_a_claim_with_its_source_is_fine(problems_with, body):
    assert problems_with(body) == []


@pytest.mark.parametrize("body", ["One [@S1].\nIt helps people.", "It helps people.\nTwo [@S1]."])
def test_the_source_of_another_sentence_does_not_count(problems_with, body):
    assert len(problems_with(body)) == 1


@pytest.mark.parametrize(
    "body", ["Ask if it helps people.", "Which of them helps people?", "Our approval plan."]
)
def test_who_asks_or_speaks_of_something_else_claims_nothing(problems_with, body):
    assert problems_with(body) == []


@pytest.mark.parametrize(
    "body",
    ["Ask for what helps 7 in 100.", "Which is FDA-approved?", "Does it help? It helps people."],
)
def test_some_claims_need_a_source_even_in_a_question(problems_with, body):
    assert len(problems_with(body)) == 1


@pytest.mark.parametrize(
    ("sentence", "is_claim"),
    [
        ("Its pain is strong.", True),
        ("Tell us about pain.", False),
        ("If pain comes back, please tell us.", False),
        ("We tell people about pain.", True),
        ("Tell us about pain, which it ends.", True),
        ("Tell us that it helps people.", True),
    ],
)
def test_an_act_excuses_what_a_sentence_is_about_and_nothing_stronger(tmp_path, sentence, is_claim):
    content = make_content(tmp_path, page=make_page(sentence))
    (content / "claims.yaml").write_text(
        "claims:\n"
        "  - {about: a condition, words: [pain], strength: topic}\n"
        "  - {about: an end, words: [ends], strength: statement}\n"
        "  - {about: an effect, words: [help* people]}\n"
        "acts: {instruction: {openings: [tell]}}\n"
        "conditions: [if]\nlead_ins: [please]\n"
    )
    assert bool(check_content(content)) == is_claim


@pytest.mark.parametrize(
    "body",
    [
        "## It helps people\n\nText [@S1].",
        "## It helps people\n\n### More\n\nText [@S1].",
        '## It is approved\n\n::: status of="ketamine"\n:::',
        "| Helps people | B |\n|---|---|\n| c | d [@S1] |",
        "| A | B |\n|---|---|\n| helps people | d [@S1] |",
        "- **It helps people.** Some text [@S1].",
    ],
)
def test_what_a_label_claims_is_cited_below_or_beside_it(problems_with, body):
    assert problems_with(body) == []


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("## It helps people\n\nText.", 5),
        ("## It helps people\n\nText.\n\n## More\n\nText [@S1].", 5),
        ("| A | B |\n|---|---|\n| helps people | c |\n| d | e [@S1] |", 7),
        ("- **It helps people.** Some text.\n- **More.** Text [@S1].", 5),
        ("| It helps people |\n|---|\n| c |\n\nText [@S1].", 5),
    ],
)
def test_a_label_without_a_source_below_it_is_refused(problems_with, body, line):
    [problem] = problems_with(body)
    assert problem.startswith(f"content/page.md:{line}: ")
    assert problem.endswith("Cite a source in the text below or beside it, like [@S11].")


def test_in_some_blocks_every_sentence_is_a_claim(tmp_path):
    content = make_content(
        tmp_path, page=make_page("## E\n\n::: timeline\n### 1962: One\nMade by hand.\n:::")
    )
    with (content / "claims.yaml").open("a") as rules:
        rules.write("blocks: [timeline]\n")
    [problem] = map(str, check_content(content))
    assert problem.startswith("content/page.md:9: This sentence makes a medical claim")


def exemption(text: str, reason: str = "It is our own plan.") -> str:
    return f"\n  - text: {text}\n    reason: {reason}"


def test_a_claim_can_be_exempted_with_a_reason(problems_with):
    assert problems_with("It helps people to plan.", uncited=exemption("It helps people")) == []


@pytest.mark.parametrize("text", ["It **helps**", "It helps"])
def test_an_exemption_may_copy_the_text_with_or_without_its_marks(problems_with, text):
    assert problems_with("It **helps** people.", uncited=exemption(text)) == []


def test_an_exemption_covers_the_same_sentence_wherever_it_stands(problems_with):
    body = "It helps people.\n\nMore.\n\nIt helps people."
    assert problems_with(body, uncited=exemption("It helps people.")) == []


@pytest.mark.parametrize(
    ("body", "exemptions", "message"),
    [
        ("Text.", exemption("It helps"),
         'The exemption "It helps" matches no sentence that needs one.'),
        ("It helps people [@S1].", exemption("It helps"), "matches no sentence that needs one."),
        ("It helps people.\nIt helps people more.", exemption("It helps"),
         'The exemption "It helps" matches more than one sentence (lines 8 and 9).'),
    ],
)  # fmt: skip
def test_an_exemption_that_fits_nothing_or_too_much_is_an_error(
    problems_with, body, exemptions, message
):
    [problem] = problems_with(body, uncited=exemptions)
    assert problem.startswith("content/page.md:5: ")
    assert message in problem


def test_the_glossary_gives_no_figures(tmp_path):
    content = make_content(tmp_path)
    (content / "glossary.yaml").write_text("Dose: {meaning: It helps 7 in 100.}\n")
    [problem] = map(str, check_content(content))
    assert problem == (
        'content/glossary.yaml:1: This makes a claim that no source backs: how many ("7 in 100"). '
        '"It helps 7 in 100." Fix: Remove it here, and say it on a page, with its source. '
        "If it claims nothing about a treatment, say it in other words."
    )


def test_without_its_rules_nothing_is_published(tmp_path):
    content = make_content(tmp_path)
    (content / "claims.yaml").unlink()
    assert [str(problem) for problem in check_content(content)] == [
        "content/claims.yaml:1: The file is missing. Fix: Put it back. The site needs it."
    ]
