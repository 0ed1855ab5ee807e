"""What an editor puts in with a button."""

import pytest

from kapsite.content_files.problems import Report
from kapsite.editor.writing.pieces import BLOCKS, citations, links
from kapsite.pages.load.site import read_site
from kapsite.pages.syntax import blocks
from kapsite.pages.syntax.markdown import parse
from tests.pages.samples import make_content, make_page


def test_every_block_of_the_site_can_be_inserted():
    assert BLOCKS.keys() == blocks.BLOCKS.keys()


@pytest.mark.parametrize("name", BLOCKS)
def test_what_is_inserted_is_a_block_without_mistakes(name):
    report, text = Report("page.md"), BLOCKS[name][1]
    parse(text, report)
    assert text.startswith(f"::: {name}")
    assert report.problems == []


def test_sources_from_memory_are_not_offered_and_pages_lead_to_their_sections(tmp_path):
    site = read_site(make_content(tmp_path, risks=make_page("## Bladder {#pee}\n\nText.")))
    assert [piece.text for piece in citations(site)] == ["[@S1]", "[@S2]", "[@C1]"]
    assert "[Bladder](/risks/#pee)" in [piece.text for piece in links(site)]
