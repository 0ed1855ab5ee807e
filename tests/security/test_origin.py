import pytest

from kapsite.security.origin import Origin, origin_of

OURS = "http://testserver"


@pytest.mark.parametrize(
    ("headers", "origin"),
    [
        # Browsers since 2023
        ({"sec-fetch-site": "same-origin", "origin": OURS}, Origin.OURS),
        ({"sec-fetch-site": "same-origin", "origin": "null"}, Origin.OURS),
        ({"sec-fetch-site": "none"}, Origin.OURS),
        ({"sec-fetch-site": "same-site", "origin": "http://other.testserver"}, Origin.FOREIGN),
        ({"sec-fetch-site": "same-site"}, Origin.FOREIGN),
        ({"sec-fetch-site": "cross-site", "origin": "https://evil.example"}, Origin.FOREIGN),
        ({"sec-fetch-site": "cross-site", "origin": "null"}, Origin.FOREIGN),
        ({"sec-fetch-site": "cross-site", "referer": f"{OURS}/"}, Origin.FOREIGN),
        ({"sec-fetch-site": "same-origin", "origin": "https://evil.example"}, Origin.FOREIGN),
        ({"sec-fetch-site": "nonsense"}, Origin.FOREIGN),
        # Older browsers
        ({"origin": OURS}, Origin.OURS),
        ({"origin": "http://localhost:8000"}, Origin.OURS),  # SITE_URL
        ({"origin": "https://evil.example"}, Origin.FOREIGN),
        ({"origin": "https://testserver"}, Origin.FOREIGN),
        ({"origin": "http://testserver:81"}, Origin.FOREIGN),
        ({"origin": "http://testserver.evil.example"}, Origin.FOREIGN),
        ({"origin": "null", "referer": f"{OURS}/form/"}, Origin.OURS),
        ({"origin": "null", "referer": "https://evil.example/"}, Origin.FOREIGN),
        ({"origin": "null"}, Origin.UNKNOWN),
        # Browsers so old that they send no Origin
        ({"referer": f"{OURS}/request-evaluation/"}, Origin.OURS),
        ({"referer": "https://evil.example/"}, Origin.FOREIGN),
        ({"referer": "http://[evil"}, Origin.FOREIGN),
        ({}, Origin.OURS),
    ],
)
def test_a_post_is_ours_only_if_the_browser_says_so(rf, headers, origin):
    assert origin_of(rf.post("/", headers=headers)) is origin
