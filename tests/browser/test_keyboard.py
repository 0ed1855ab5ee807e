"""Each journey with keys alone, the focus marked and in plain view at every stop."""

import re

import pytest
from playwright.sync_api import expect

from kapsite.inquiries.models import Inquiry
from tests.browser.keyboard import Keyboard
from tests.browser.states import FORM
from tests.pages.samples import load_catalog

PHONE = {"viewport": {"width": 360, "height": 640}}
# Tab passes by what stands, in the same way, further up: the marks of a page are all alike.
ONE_OF_EACH_KIND = """() => {
  const seen = new Set();
  const all = 'main :is(a:not([rel=next]), summary, [tabindex])';
  for (const stop of document.querySelectorAll(all)) {
    const around = [stop, stop.parentElement, stop.parentElement.parentElement];
    const kind = around.map(each => `${each.tagName}.${each.className}`).join();
    if (seen.has(kind)) stop.tabIndex = -1;
    seen.add(kind);
  }
}"""


@pytest.fixture
def keyboard(open_page):
    readers = []

    def keyboard(path, **options):
        readers.append(Keyboard(open_page(path, **options)))
        return readers[-1]

    yield keyboard
    faults = [fault for reader in readers for fault in reader.faults]
    assert not faults, "\n".join(faults)


def test_the_guide_is_read_from_end_to_end(keyboard, settings):
    guide = load_catalog(settings.CONTENT_DIR).guide
    reader = keyboard("/")
    reader.tab_to(f"main a[href='{guide[0].path}']")
    reader.follow()
    for part in guide:
        expect(reader.page.get_by_role("heading", level=1)).to_have_text(part.title)
        reader.page.evaluate(ONE_OF_EACH_KIND)
        reader.tab()
        assert reader.is_on(".skip-link")
        reader.press("Enter")
        reader.tab()
        assert reader.is_on("main *")
        if part != guide[-1]:
            reader.tab_to("a[rel=next]")
            reader.follow()


def test_a_link_within_the_page_moves_the_reader_there(keyboard):
    reader = keyboard("/risks/", **PHONE)
    reader.tab_to(".contents summary")
    reader.press("Enter")
    reader.tab_to(".contents a")
    target = reader.page.evaluate("document.activeElement.hash")
    reader.press("Enter")
    expect(reader.page.locator(":focus")).to_have_id(target[1:])
    expect(reader.page.locator(target)).to_be_in_viewport(ratio=1)
    reader.tab()
    assert not reader.is_on(".contents a")


def test_a_mark_opens_its_sources_and_their_numbers_at_the_sentences(keyboard):
    reader = keyboard("/risks/", **PHONE)
    first = reader.page.locator(".prose .src").first
    number = first.locator("xpath=..").locator("sup").first
    reader.tab_to(".prose .src > summary")
    expect(number).to_be_hidden()
    reader.press("Enter")
    expect(first.locator("a").first).to_be_visible()
    expect(number).to_be_visible()
    reader.tab()
    assert reader.is_on(".src[open] a")


def test_an_answer_opens_and_closes(keyboard):
    reader = keyboard("/questions/")
    reader.tab_to(".question summary")
    first = reader.page.locator(".question").first
    reader.press("Enter")
    expect(first).to_have_attribute("open", "")
    reader.press("Space")
    expect(first).not_to_have_attribute("open", "")


def test_the_form_is_filled_in_and_sent(keyboard):
    reader = keyboard(FORM, **PHONE)
    reader.tab_to("[name=name]")
    fill_in_from_the_name_on_and_send(reader)


def fill_in_from_the_name_on_and_send(reader):
    reader.type("Ada")
    reader.tab_to("[name=for_whom]")
    reader.press("Space")
    reader.tab_to("[name=is_adult]")
    reader.press("Space")
    reader.tab_to("[name=topics]")
    reader.press("Space")
    reader.tab_to("[name=phone]")
    reader.type("(425) 555-0142")
    reader.tab_to("[name=voicemail]")
    reader.press("Space", "ArrowDown")
    reader.look()
    reader.tab_to("[name=consent]")
    reader.press("Space")
    reader.tab_to("button[type=submit]")
    reader.follow()
    expect(reader.page.get_by_role("heading", level=1)).to_have_text("We have your request")
    inquiry = Inquiry.objects.get()
    assert (inquiry.name, inquiry.topics, inquiry.voicemail) == ("Ada", "depression", "discreet")


@pytest.mark.parametrize("window", [PHONE, {}], ids=["phone", "wide"])
def test_errors_are_heard_first_lead_to_their_questions_and_are_corrected(keyboard, window):
    reader = keyboard(FORM, **window)
    reader.tab_to("button[type=submit]")
    reader.follow()
    expect(reader.page).to_have_title(re.compile("^Error: "))
    assert reader.is_on(".error-summary")
    reader.look()
    links = reader.page.locator(".error-summary a").evaluate_all("all => all.map(a => a.hash)")
    assert len(links) >= 5
    for link in links:
        reader.page.locator(".error-summary").focus()
        reader.tab_to(f".error-summary a[href='{link}']")
        reader.press("Enter")
        assert reader.is_on(link)
        reader.look()
        question = reader.page.locator(f".field:has({link})").locator("label, legend").first
        expect(question).to_be_in_viewport(ratio=1)
    reader.page.locator(".error-summary").focus()
    reader.tab_to(".error-summary a[href='#name']")
    reader.press("Enter")
    fill_in_from_the_name_on_and_send(reader)


@pytest.mark.parametrize(
    ("width", "height", "text"), [(320, 481, 16), (320, 480, 32), (360, 640, 20), (360, 1000, 32)]
)
def test_the_bar_at_the_bottom_covers_nothing_focused_at_any_text_size(
    keyboard, width, height, text
):
    reader = keyboard("/questions/", viewport={"width": width, "height": height})
    sizes = {"standard": text, "fixed": text}
    settings = reader.page.context.new_cdp_session(reader.page)
    settings.send("Page.setFontSizes", {"fontSizes": sizes})
    bar = reader.page.get_by_role("navigation", name="Ask or call", include_hidden=True)
    expect(bar).to_be_visible(visible=height > 30 * text)  # 30rem
    for _ in range(40):
        reader.tab()


def test_a_focus_without_mark_or_under_something_is_noticed(keyboard):
    reader = keyboard("/accessibility/")
    reader.page.evaluate(
        """() => { const css = new CSSStyleSheet();
        css.replaceSync('header :focus-visible { outline: 0 }'
          + 'footer::before { content: ""; position: fixed; inset: 50% 0 0; background: red }');
        document.adoptedStyleSheets = [css]; }"""
    )
    reader.tab_to("footer a")
    kinds = {fault.split(" ", 1)[1].partition(":")[0] for fault in reader.faults}
    assert kinds == {"not marked", "covered"}
    reader.faults.clear()
