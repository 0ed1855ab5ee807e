"""Staff find a request by what they would ask a caller for; the database holds digests only."""

import html
import re
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from django.db import connection
from django.test import Client

from kapsite.inquiries.desk.inbox.search import seal, search, unseal, ways
from kapsite.inquiries.models import Access, Inquiry
from kapsite.inquiries.models.request.search_digest import SearchDigest
from tests.encryption.tampering import swap
from tests.factories import make_answers, make_inquiry, make_staff, sign_in
from tests.html import Page

pytestmark = pytest.mark.django_db
FORM = "/request-evaluation/"
LIST = "/admin/inquiries/inquiry/"


def store(**overrides):
    inquiry = make_inquiry(**overrides)
    SearchDigest.objects.add_for(inquiry)
    return inquiry


@pytest.fixture
def _another_request():
    store(name="Someone Else", phone="(206) 555-0199", email="else@example.org")


@pytest.mark.usefixtures("_another_request")
@pytest.mark.parametrize(
    "term",
    [
        "josé",
        "JOSE",
        "garcía",
        "O’Neill",
        "oneill",
        "jose oneill",
        "O'Neill, José",
        "Jose.Garcia@Example.org",
        " jose.garcia@example.org ",
        "(425) 555-0142",
        "425.555.0142",
        "+1 425 555 0142",
        "0142",
        "555-0142",
    ],
)
def test_a_request_is_found_by(term):
    ours = store(name="José García O'Neill", phone="425-555-0142", email="jose.garcia@example.org")
    assert list(search(term)) == [ours]


@pytest.mark.parametrize(
    "term",
    [
        "jo",
        "osé",
        "jose ada",
        "0143",
        "142",
        "(425) 555-0143",
        "garcia@example.org",
        "",
        " ",
        "\0",
        "%",
    ],
)
def test_a_request_is_not_found_by(term):
    store(name="José García", phone="425-555-0142", email="jose.garcia@example.org")
    assert not search(term).exists()


@pytest.mark.usefixtures("_another_request")
def test_a_request_is_found_by_its_reference():
    ours = store()
    for term in (ours.reference, ours.reference_in_groups, ours.reference.lower()):
        assert list(search(term)) == [ours]


@pytest.mark.usefixtures("_another_request")
@pytest.mark.parametrize(
    "typed",
    [
        "K2M5 W6P8.",
        "#K2M5W6P8",
        '"K2M5 W6P8"',
        "“K2M5 W6P8”",
        "Re: New request K2M5 W6P8 – please open now",
        "Fwd: [External] Likely spam to check: K2M5 W6P8",
        "Their reference is k2m5-w6p8, thanks",
        "K2 M5 W6 P8",
        "K2M5 – W6P8",
        "K2M5_W6P8",
        "K2M5\N{NO-BREAK SPACE}W6P8",
        "Ｋ２Ｍ５Ｗ６Ｐ８",
        "KZMS WGPB",
        "(k2m5/w6p8)",
    ],
)
def test_a_reference_is_found_anywhere_in_what_was_pasted(typed):
    ours = store(reference="K2M5W6P8")
    assert list(search(typed)) == [ours]


def test_of_several_references_each_is_found():
    both = {store(reference="K2M5W6P8"), store(reference="A2C3E4F5")}
    assert set(search("K2M5 W6P8, A2C3 E4F5")) == both


@pytest.mark.parametrize("typed", ["XK2M5W6P8", "K2M5W6P89", "K2M5W6P", "K2M5 and then W6P8"])
def test_a_part_of_another_word_is_no_reference(typed):
    store(reference="K2M5W6P8")
    assert not search(typed).exists()


CLOSED = {"status": "closed", "outcome": "declined", "closed_at": "2026-11-01T12:00Z"}


@pytest.mark.usefixtures("_another_request")
@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Søren", "Soren"),
        ("Łukasz", "lukasz"),
        ("Østergård", "Ostergard"),
        ("Østergård", "Ostergaard"),
        ("Đặng", "Dang"),
        ("Yıldız", "YILDIZ"),
        ("Yildiz", "Yıldız"),
        ("İpek", "ipek"),
        ("Þóra Æbeløe", "Thora Aebeloe"),
        ("Seán Ó Brien", "Sean O'Brien"),
        ("O’Brien", "O Brien"),
        ("O`Brien", "OBrien"),
        ("D´Angelo", "dangelo"),
        ("Kaʻiulani", "Kaiulani"),
        ("N＇Diaye", "N′Diaye"),
        ("McDonald", "Mc Donald"),
        ("Vanderberg", "van der Berg"),
        ("Jean-Pierre", "Jean Pierre"),
        ("Müller", "Mueller"),
        ("Mueller", "Müller"),
        ("Weiß", "Weiss"),
        ("محمد", "محمـــد"),
        ("علي", "علی"),
        ("فاطمة", "فاطمه"),
        ("أحمد", "احمد"),
        ("کریم", "كريم"),
        ("Ґалаґан", "Галаган"),
        ("Lovelace", "Mrs. Lovelace"),
        ("Lovelace", "Dr Lovelace, PhD"),
        ("Miss Lovelace", "Miss Lovelace"),
    ],
)
def test_a_name_is_found_as_a_colleague_types_it(name, typed):
    """In a closed request too, of which the name is not decrypted."""
    ours = store(name=name, **CLOSED)
    assert list(search(typed)) == [ours]


@pytest.mark.usefixtures("_another_request")
@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Theodore Lovelace", "theo"),
        ("Theodore Lovelace", "Lov The"),
        ("Theodore Lovelace", "T. Lovelace"),
        ("T. Lovelace", "Theodore Lovelace"),
        ("Jean-Pierre Roux", "jeanp"),
        ("Anna O Brien", "OBri"),
        ("Anna O'Brien", "Brien"),
        ("Søren", "Sør"),
        ("Müller", "muelle"),
        ("王小明", "王"),
        ("محمد علی", "محم"),
    ],
)
def test_the_beginning_of_a_name_finds_an_open_request(name, typed):
    ours = store(name=name)
    store(name=name, **CLOSED)
    assert list(search(typed)) == [ours]


@pytest.mark.parametrize("typed", ["th", "heo", "Joe", "Theo Ada", "T", "lace"])
def test_what_is_no_beginning_of_three_letters_finds_nothing(typed):
    store(name="Theodore Jones-Lovelace")
    assert not search(typed).exists()


def test_only_the_newest_open_requests_are_decrypted(monkeypatch):
    monkeypatch.setattr("kapsite.inquiries.desk.inbox.search.MOST_NAMES", 2)
    theos = [store(name="Theodore") for _ in range(3)]
    assert set(search("theo")) == set(theos[1:])
    assert set(search("theodore")) == set(theos)


def test_beginnings_are_left_out_where_many_have_the_whole_word(monkeypatch):
    monkeypatch.setattr("kapsite.inquiries.desk.inbox.search.FEW", 1)
    longer, anns = store(name="Anna"), [store(name="Ann") for _ in range(2)]
    assert set(search("ann")) == set(anns)
    assert set(search("anna")) == {longer}


def test_a_name_that_does_not_open_keeps_no_other_from_being_found():
    damaged, ours = store(name="Theodore"), store(name="Theodora")
    swap(damaged, make_inquiry(name="Theo", **CLOSED), "name")
    assert list(search("theo")) == [ours]


def test_a_record_with_its_neighbors_looks_for_a_name_once(admin_client, monkeypatch):
    looked = []
    monkeypatch.setattr(
        "kapsite.inquiries.desk.inbox.search.having_a_name_that_begins",
        lambda term: looked.append(term) or [],
    )
    inquiry, _ = store(name="Theodore"), store(name="Theodore")
    page = look_for(admin_client, "theodore")
    assert inquiry.reference_in_groups in page.text
    link = re.search(r'href="([^"]+/change/[^"]*)"', page.text)[1]
    looked.clear()
    assert admin_client.get(html.unescape(link)).status_code == 200
    assert looked == ["theodore"]


def test_each_of_two_numbers_finds_the_request():
    ours = store(phone="425-555-0142 or 206-555-0100")
    assert list(search("0142")) == list(search("206 555 0100")) == [ours]


@pytest.mark.parametrize("term", ["425-555-0133", "425 555 0133 ext. 12", "4255550133x12", "0133"])
def test_a_number_with_an_extension_is_found_with_and_without_it(term):
    ours = store(phone="425.555.0133 ext. 12")
    assert list(search(term)) == [ours]


def test_a_number_without_an_extension_is_found_by_who_adds_one():
    ours = store(phone="425.555.0133")
    assert list(search("425 555 0133 ext. 12")) == [ours]


def test_a_name_of_signs_only_is_found_by_itself():
    ours = store(name="☼")
    assert list(search("☼")) == [ours]


def test_a_sent_form_can_be_found_at_once(client):
    client.post(FORM, make_answers(name="Ada Lovelace"))
    assert list(search("lovelace")) == [Inquiry.objects.get()]


def test_a_message_is_not_searched():
    store(message="a long message about two medicines and a dog")
    assert not search("a long message about two medicines and a dog").exists()


def test_a_digest_tells_neither_value_nor_kind_without_the_key():
    store(name="Zoe")
    digest = SearchDigest.objects.filter(kind="name").get().digest
    assert "zoe" not in digest.lower()
    other = make_inquiry(name="Zoe")
    SearchDigest.objects.add_for(other)
    assert SearchDigest.objects.filter(digest=digest).count() == 2


def test_an_inquiry_takes_its_digests_along():
    store().delete()
    assert not SearchDigest.objects.exists()


@pytest.mark.parametrize("term", ["ada", "ada lovelace", "0142", "ada@example.org", "K7M4W2P8"])
def test_a_search_reads_indexes_and_no_whole_table(term):
    store(name="Ada")
    if connection.vendor == "postgresql":  # with few rows it would not bother with an index
        connection.cursor().execute("SET LOCAL enable_seqscan = off")
    for way in ways(term):
        plan = way.explain().lower()
        assert not plan or "index" in plan or "primary key" in plan
        assert "scan inquiries" not in plan  # SQLite
        assert "seq scan" not in plan  # PostgreSQL


def test_many_requests_are_found_as_few_are(monkeypatch):
    adas = {store(name="Ada Byron"), store(name="Ada Lovelace")}
    for few in (10, 1):
        monkeypatch.setattr("kapsite.inquiries.desk.inbox.search.FEW", few)
        assert set(search("ada")) == adas
        assert len(search("ada lovelace")) == 1


# In the admin


@pytest.fixture
def _ana(admin_client):
    """A staff member, signed in."""


def look_for(client, term, **filters):
    return client.post(LIST, {"q": term} | filters, follow=True)


@pytest.mark.usefixtures("_another_request")
def test_staff_find_a_request_in_the_list(admin_client):
    other = Inquiry.objects.get()
    ours = [store(name=name) for name in ("Ada Lovelace", "Byron Lovelace")]
    page = look_for(admin_client, "lovelace").text
    assert all(each.reference_in_groups in page for each in ours)
    assert other.reference_in_groups not in page
    assert 'value="lovelace"' in page


@pytest.mark.usefixtures("_another_request")
@pytest.mark.parametrize("term", ["lovelace", "0142", "K2M5 W6P8"])
def test_the_only_request_that_is_found_opens(admin_client, term):
    ours = store(name="Ada Lovelace", reference="K2M5W6P8")
    response = look_for(admin_client, term)
    assert response.redirect_chain == [(f"{LIST}{ours.pk}/change/", 302)]
    searched, _opened = Access.objects.order_by("pk")
    assert (searched.act, searched.count) == ("searched", 1)
    assert "tab all" in searched.details


@pytest.mark.parametrize("path", ["", "overview/", "access/", "export/", "{}/change/", "?tab=spam"])
def test_every_page_of_the_desk_has_a_search_that_no_address_shows(admin_client, path):
    page = Page(admin_client.get(LIST + path.format(store().pk)).text)
    [search] = [form for form in page.all("form") if form["role"] == "search"]
    assert (search["method"], search["action"]) == ("post", LIST)


def test_what_staff_look_for_is_not_in_the_address(admin_client, admin_user):
    store(name="Canary")
    store(name="Canary")
    response = look_for(admin_client, "Canary")
    [(address, status)] = response.redirect_chain
    assert status == 302
    assert "canary" not in unquote(address).lower()
    assert unseal(parse_qs(urlsplit(address).query)["q"][0], admin_user) == "Canary"


def test_the_address_tells_nobody_else_what_was_looked_for(admin_client):
    """It stays in the history of a browser, which colleagues may share."""
    inquiry, _ = store(name="Canary"), store(name="Canary")
    [(address, _)] = look_for(admin_client, "Canary").redirect_chain
    colleague = Client()
    sign_in(colleague, make_staff("lead"))
    page = colleague.get(address).text
    assert "Canary" not in page
    assert inquiry.reference_in_groups not in page


def test_a_search_looks_in_every_tab(admin_client):
    closed = {"status": "closed", "outcome": "declined", "closed_at": "2026-11-01T12:00Z"}
    inquiry = store(name="Ada", **closed)
    store(name="Ada")
    assert inquiry.reference_in_groups in look_for(admin_client, "ada", tab="new").text


def test_an_empty_search_shows_all(admin_client):
    inquiry = store()
    assert inquiry.reference_in_groups in look_for(admin_client, "  ").text


@pytest.mark.parametrize("typed", ["Ada", "", "a:b", "\0", "é" * 300])
def test_an_address_that_was_made_by_hand_finds_nothing(admin_client, typed):
    inquiry = store(name="Ada")
    page = admin_client.get(LIST, {"q": typed or "x"})
    assert page.status_code == 200
    assert typed == "\0" or inquiry.reference_in_groups not in page.text


def test_a_sealed_search_does_not_look_the_same_twice(admin_user):
    assert seal("Ada", admin_user) != seal("Ada", admin_user)


MANY_WORDS = " ".join(f"w{number}" for number in range(2_000))


@pytest.mark.parametrize(
    "term",
    ["\0", "a\0b", "' OR 1=1 --", "\U0001f600" * 300, "a" * 5000, "\ufdfa" * 200, MANY_WORDS],
)
def test_nothing_that_is_looked_for_breaks_the_list(admin_client, term):
    store()
    assert look_for(admin_client, term).status_code == 200


def test_what_is_looked_for_is_read_as_what_was_sent_is(admin_client):
    inquiry = store(name="José Lovelace")
    assert (
        inquiry.reference_in_groups in look_for(admin_client, "Jose\u0301 \u200bLove\xadlace").text
    )


def test_of_a_name_of_many_words_the_first_ten_are_looked_for(admin_client):
    name = "Ada Augusta King Noel Byron Milbanke Gordon Lamb Leigh Wentworth"
    inquiry = store(name=name)
    assert inquiry.reference_in_groups in look_for(admin_client, f"{name} more").text
    assert inquiry.reference_in_groups not in look_for(admin_client, "Ada more").text
