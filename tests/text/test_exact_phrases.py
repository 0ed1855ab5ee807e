import pytest

from kapsite.text.exact_phrases import Finder, matcher, plain, starts_of
from tests.pages.samples import check_content, make_content


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("cure", "A cure."),
        ("cure", "CURE"),
        ("approv*", "It was approved."),
        ("FDA-approved", "an FDA approved drug"),
        ("game changer", "a game-changer"),
        ("game-changer", "a game\u2011changer"),
        ("it's safe", "It\u2019s safe"),
        ("two words", "two\nwords"),
        ("# in #", "27 in 100"),
        ("# in #", "one in ten"),
        ("# people", "1,806 people"),
        ("#%", "about 70% of"),
        ("$#", "about $300"),
        ("works … better", "works a lot better"),
        ("works ... better", "works better"),
        ("ketamine (Spravato)", "ketamine (Spravato)"),
    ],
)
def test_a_phrase_is_found(phrase, text):
    assert matcher([phrase]).search(plain(text))
    assert Finder([phrase]).search(plain(text), starts_of(plain(text)))


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("cure", "secure"),
        ("cure", "cured"),
        ("approv*", "disapproved"),
        ("numb", "number"),
        ("# people", "people"),
        ("works … better", "works in one way or another better"),
        ("ketamine (Spravato)", "esketamine (Spravato)"),
    ],
)
def test_only_whole_words_count(phrase, text):
    assert not matcher([phrase]).search(plain(text))


def test_no_phrases_find_nothing():
    assert not matcher([]).search("anything")


@pytest.mark.parametrize("phrase", ["*", "…", "… works", "works …", "a * b", "-"])
def test_a_phrase_that_would_be_found_everywhere_is_refused(tmp_path, phrase):
    content = make_content(tmp_path)
    (content / "wording.yaml").write_text(f"- {{avoid: ['{phrase}'], say: x, why: y}}\n")
    [problem] = check_content(content)
    assert (problem.file, problem.line) == ("content/wording.yaml", 1)
    assert "would match everywhere" in problem.message


def test_positions_stay_when_signs_are_made_plain():
    assert len(plain("\u2018İstanbul\u2019 \u2013 \u00a0x")) == len("'Istanbul' -  x")
