"""What an editor puts in with a button."""

import re

from kapsite.editor.writing.pieces import blocks, citations, links
from kapsite.pages.load.site import read_site
from kapsite.pages.syntax.blocks import BLOCKS
from tests.pages.samples import make_content, make_page


def test_every_block_of_the_site_can_be_inserted_and_is_told_in_words(tmp_path):
    found = blocks(read_site(make_content(tmp_path)))
    assert {
        each.text.split()[1] for each in found if each.text.startswith(":::")
    } == BLOCKS.keys() - {"chart"}
    assert not [each for each in found if re.search("[{}`#*]|-[a-z]", each.label + each.hint)]


def test_sources_from_memory_are_not_offered_and_pages_lead_to_their_sections(tmp_path):
    site = read_site(make_content(tmp_path, risks=make_page("## Bladder {#pee}\n\nText.")))
    assert [piece.text for piece in citations(site)] == ["[@S1]", "[@S2]", "[@C1]"]
    assert "[Bladder](/risks/#pee)" in [piece.text for piece in links(site)]
