"""Likely spam is set aside, and no request for help is."""

import unicodedata
from pathlib import Path

import pytest
from django.conf import settings

from kapsite.content_files.problems import Report
from kapsite.inquiries.triage.spam import Signals, SpamScore, score
from kapsite.inquiries.triage.spam_words import THRESHOLD, spam_words
from tests.yaml_files import read_yaml

HERE = Path(__file__).parent
REAL = read_yaml(HERE / "honest_requests.yaml")
SPAM = read_yaml(HERE / "spam_requests.yaml")
FRESH = read_yaml(HERE / "unseen_requests.yaml")
HONEST = REAL | {"fresh": FRESH["real"]}
ORDINARY = {"phone": "4255550142", "seconds": 95}
# Everything at once that a browser, a shared connection and a country do to a request.
AROUND = {
    "honeypot": "Kirkland",
    "seconds": 1,
    "from_network": 50,
    "phone": "+7 916 555 01 42 ext. 3",
    "email": "anna@example.ru",
}
HELP = "I have had depression for years and my doctor told me about you."


@pytest.fixture(scope="module")
def words():
    report = Report("spam_words.yaml")
    loaded = spam_words.load(settings.CONTENT_DIR / "spam_words.yaml", report)
    assert report.problems == []
    return loaded


@pytest.fixture(scope="module")
def judge(words):
    return lambda **signals: score(Signals(**(ORDINARY | signals)), words)


def those_found(inquiries, judge, likely):
    return [
        (found.points, found.reasons, inquiry["message"])
        for inquiry in inquiries
        if (found := judge(**inquiry)).is_likely == likely
    ]


@pytest.mark.parametrize("group", HONEST)
def test_no_real_request_is_set_aside(judge, group):
    assert those_found(HONEST[group], judge, likely=True) == []


@pytest.mark.parametrize("group", HONEST)
def test_no_real_request_is_set_aside_for_what_its_sender_did_not_cause(judge, group):
    assert those_found([each | AROUND for each in HONEST[group]], judge, likely=True) == []


def test_of_fifty_spams_at_least_forty_eight_are_set_aside(judge):
    assert len(SPAM["inquiries"]) == 50
    missed = those_found(SPAM["inquiries"], judge, likely=False)
    assert len(missed) <= 2, missed


@pytest.mark.parametrize(("group", "at_most"), [("later", 11), ("held_out", 10)])
def test_of_spam_that_shows_only_in_its_words_no_more_slips_through_than_did(judge, group, at_most):
    missed = those_found(SPAM[group], judge, likely=False)
    assert len(missed) <= at_most, missed


def test_of_fresh_spam_no_more_slips_through_than_did(judge):
    assert len(FRESH["spam"]) == 46
    missed = those_found(FRESH["spam"], judge, likely=False)
    assert len(missed) <= 16, missed


@pytest.mark.parametrize(
    "message",
    ["", "hello there", "PLEASE CALL ME AS SOON AS YOU CAN", "<b>Call me</b> please <br>"],
)
def test_counts_speed_and_formatting_together_set_nothing_aside(judge, message):
    found = judge(message=message, same_text=50, **AROUND)
    assert found.points < THRESHOLD, found


@pytest.mark.parametrize(
    "honeypot",
    [
        "Ada",
        "Lovelace",
        "ada.l@example.com",
        "(425) 555-0142",
        "Kirkland",
        "98033-1234",
        "WA",
        "United States",
        "1204 NE 85th St, Apt 3B, Kirkland, WA 98033",
        "Google",
        "Department of Veterans Affairs Puget Sound Health Care System",
        "PricewaterhouseCoopers LLP",
        "Ms.",
        "ada_l77",
        "01/02/1990",
        "https://www.example.org/",
        "example.org",
    ],
)
def test_what_autofill_may_have_put_into_the_hidden_field_counts_little(judge, honeypot):
    found = judge(name="Ada Lovelace", email="ada@example.org", message=HELP, honeypot=honeypot)
    wanted = ("The hidden field may have been autofilled",)
    assert found == SpamScore(1, wanted)


@pytest.mark.parametrize(
    "honeypot",
    [
        "https://example.net",
        "www.example.net",
        "example.net/offer",
        "see [url]example.net[/url]",
        "<a>",
        "two\nlines",
        "KpLsWqZxNbVt",
        "a " * 60,
    ],
)
def test_what_no_browser_knows_of_a_person_is_put_there_by_a_program(judge, honeypot):
    assert judge(message=HELP, email="ada@example.org", honeypot=honeypot).is_likely


def test_a_pitch_in_the_hidden_field_counts_like_one_in_the_message(judge):
    assert judge(message="", honeypot="Rank your website higher, free SEO audit").is_likely


@pytest.mark.parametrize(
    "message",
    [
        "Best time is mornings.Tuesdays/Thursdays only please.",
        "Call me.My/our number is a landline",
        "Thanks.So/if you can call before noon that works",
        "Sleep is bad.In/out of bed all night.No.I/we tried melatonin",
        "Prefer evenings.Online/phone is fine too",
        "meds: zoloft.lexapro/wellbutrin did nothing for it",
        "e.g.this/that and i.e.you/they",
    ],
)
def test_a_forgotten_space_makes_no_link(judge, message):
    assert judge(message=message).points == 0


@pytest.mark.parametrize("name", ["Mary.Ann/Lee", "No.I/we", "J.R./Bob", "Dr.Lee/MD", "Ann <3"])
def test_a_name_with_signs_in_it_is_no_link(judge, name):
    assert judge(name=name).points == 0


@pytest.mark.parametrize(
    "message",
    [
        "Is <a lot better> realistic when pain is <7 by day and >8 by night?",
        "I <3 your page. x<y and <p",
        "[link to my chart is on my phone] and [url is in my notes]",
    ],
)
def test_a_bracket_is_no_tag(judge, message):
    assert judge(message=message).points == 0


@pytest.mark.parametrize(
    "phone",
    [
        "425.555.0133 ext. 12",
        "+1 (425) 555-0133",
        "00-1-425-555-0133",
        "4 2 5 5 5 5 0 1 3 3",
        "425-KAP-TEST",
        "DOB 01/02/1990 425-555-0133",
    ],
)
def test_how_a_number_is_written_is_no_sign(judge, phone):
    assert judge(phone=phone).points == 0


@pytest.mark.parametrize("phone", ["555-555-5555 ext. 12", "+1 (555) 555-5555", "123 456 7890"])
def test_a_number_is_made_up_however_it_is_written(judge, phone):
    assert judge(phone=phone).reasons == ("The phone number is made up",)


LANGUAGES = """
Quisiera una cita para mi depresión, gracias
Tôi bị trầm cảm và mất ngủ nhiều năm rồi, xin hãy gọi lại cho tôi vào buổi chiều
Wszczęto bezwzględną terapię, źdźbło nadziei; chrząszcz brzmi w trzcinie, proszę dzwonić
Čtvrt roku nespím, ve čtvrtek můžu; strč prst skrz krk
Strašne ma bolí hlava, štvrtok je najlepší, prosím zavolajte
Uzun zamandır depresyondayım, lütfen beni arayın, Türkçe konuşuyorum
Ysgrifennwch ataf os gwelwch yn dda, mae'r gŵr yn wael ers wythnosau, cwmwl du
Kopfschmerzen, Rückenschmerzen, Angstzustände, Schlafstörungen, schlechter Schlaf
Angstschweiß nachts, Gesichtsschmerzen, Herbstschwermut
Ik ben angstig en slapeloos, slechtst van al is de ochtend, graag terugbellen
Depressziós vagyok évek óta, szörnyű fájdalmak, kérem hívjanak vissza
Olen masentunut enkä saa unta, voitteko soittaa iltapäivällä
Jeg har angst og søvnproblemer, vennligst ring meg tilbake
Ég er með þunglyndi og kvíða, gætuð þið hringt í mig
Sunt deprimat de mulți ani și nu pot să dorm, vă rog să mă sunați
Već godinama patim od depresije, smrt mi je u obitelji, nazovite u četvrtak
Sirgstu ar depresiju, lūdzu zvaniet man pēcpusdienā
Sergu depresija daug metų, prašau paskambinti
Je souffre de dépression depuis des années, pouvez-vous me rappeler
Soffro di depressione da anni, potete richiamarmi nel pomeriggio
Sofro de depressão há muitos anos, podem ligar de volta
Vuaj nga depresioni prej vitesh, ju lutem më telefononi
Kumusta po, gusto ko po sanang magtanong tungkol sa gamutan para sa nanay ko
Waan murugaysanahay muddo dheer, fadlan i soo wac galabtii
Nimekuwa na msongo wa mawazo kwa miaka mingi, tafadhali nipigie simu
Saya sudah lama depresi dan sulit tidur, tolong telepon saya
em bi tram cam, ngu khong duoc, xin goi lai giup em buoi toi
أعاني من الاكتئاب منذ سنوات وأود أن أتحدث مع شخص ما
אני סובלת מדיכאון כבר שנתיים ואשמח לשיחה
من سالهاست افسردگی دارم لطفا تماس بگیرید
您好，我先生失眠很久了，医生建议试试这种治疗，可以打电话给我吗
夜眠れません。費用を知りたいです。電話は午後がいいです
우울증 치료에 대해 상담하고 싶습니다. 오후에 전화 주세요
मुझे कई सालों से अवसाद है, कृपया दोपहर में फोन करें
ለብዙ ዓመታት በመንፈስ ጭንቀት እሰቃያለሁ፣ እባክዎ ይደውሉልኝ
У меня депрессия много лет, позвоните пожалуйста вечером
Я маю депресію багато років, передзвоніть будь ласка
CPTSD, PTSD, ADHD, GAD, MDD, OCD, TBI, MS and rhythm problems
brrrr. pls hlp, cnt slp, rly dprssd, thx
""".strip().splitlines()  # codespell:ignore


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("message", LANGUAGES)
def test_no_language_is_a_sign(judge, message, form):
    assert judge(message=unicodedata.normalize(form, message)).points == 0


@pytest.mark.parametrize(
    "message",
    [
        "lkjhasd asdkjh qwpoeiu zmxncb",
        "qwerty asdfgh zxcvbn",
        "sdkfjh wieurh sdkjfh",
        "dfgdfg dfgdfg",
        "xKdLpQwZrTnVb HgTrWqPlMnBvC",
    ],
)
def test_letters_at_random_are_a_sign(judge, message):
    assert judge(message=message).reasons == ("Random letters",)


@pytest.mark.parametrize(
    ("message", "points"),
    [("I would like more information about ketamine therapy for depression", 1), ("x " * 30, 4)],
)
def test_a_repeated_message_counts_less_if_several_people_could_have_written_it(
    judge, message, points
):
    assert judge(message=message, same_text=9).points == points


@pytest.mark.parametrize(
    "signals",
    [
        {"seconds": 0},
        {"seconds": 700_000},
        {"seconds": None},
        {"honeypot": "4255550142"},
        {"from_network": 50},
        {"same_text": 50},
        {"phone": "5555555555"},
        {"phone": "+7 916 555 01 42", "email": "anna@example.ru"},
        {"message": "PLEASE CALL ME AS SOON AS YOU CAN"},
        {"message": f"{HELP} https://example.org/a"},
        {"message": f"{HELP} https://example.org/a https://example.org/b"},
        {"message": f"{HELP} https://example.org/a https://example.org/b https://example.org/c"},
        {"message": "У меня депрессия и я не знаю, что мне делать дальше"},
        {"message": "私はうつ病で、どうすればいいのか分かりません。助けてください。"},
        {"message": "I have depression and work for a marketing agency"},
        {"message": "WhatsApp me please"},
    ],
    ids=str,
)
def test_nothing_that_an_honest_sender_may_do_is_enough_by_itself(judge, signals):
    found = judge(**{"message": HELP} | signals)
    assert found.points < THRESHOLD, found


@pytest.mark.parametrize(
    "signals",
    [
        {"honeypot": "http://example.net"},
        {"name": "Great offers www.example.net"},
        {"message": "[url=http://example.net]here[/url]"},
        {"message": '<a href="http://example.net">here</a>'},
        {"message": "We can rank your website on the first page of Google with our SEO services"},
        {"message": "Look at this thing, everybody wants it https://example.net/thing"},
        {"message": "Write to me on telegram, friend of mine", "same_text": 4},
    ],
    ids=str,
)
def test_clear_spam_is_set_aside(judge, signals):
    found = judge(**signals)
    assert found.is_likely, found


def test_an_empty_form_sent_calmly_gives_no_reason(judge):
    assert judge(message="") == SpamScore(0, ())


def test_short_messages_may_repeat(judge):
    assert judge(message="Please call me", same_text=40).points == 0


def test_words_of_ones_own_life_outweigh_words_of_business(judge):
    pitch = "We offer SEO and backlinks to grow your clients"
    assert judge(message=pitch).is_likely
    life = "I sell SEO and backlinks to my clients. Depressed, panic attacks, my wife is worried."
    assert judge(message=life).points < 3


def test_the_reasons_hold_nothing_that_was_typed(judge):
    canary = "xylophone"
    found = judge(
        name=f"{canary} www.example.net",
        message=f"[url]{canary}[/url] https://{canary}.example.net backlinks telegram {canary}",
        email=f"{canary}@example.ru",
        honeypot=canary,
    )
    assert len(found.reasons) > 5
    assert canary not in " ".join(found.reasons)


@pytest.mark.parametrize(
    "text", ["-" * 2000, "a." * 1000, "[url" * 500, "http://" * 280, "seo " * 500]
)
def test_the_longest_message_is_judged_to_the_end(judge, text):
    assert isinstance(judge(message=text).points, int)


def test_points_out_of_range_are_reported_with_their_line(tmp_path):
    file = tmp_path / "spam_words.yaml"
    file.write_text(
        "kinds:\n  - reason: Offers\n    points: 9\n    phrases: [we offer]\n"
        "business: [seo]\npersonal: [my doctor]\ntopics: [ketamin*]\n"
    )
    report = Report("content/spam_words.yaml")
    assert spam_words.load(file, report) is None
    [problem] = report.problems
    assert problem.line == 3
