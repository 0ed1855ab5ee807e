import pytest

from kapsite.security.origin import is_same_origin

OURS = "http://testserver"


def post(rf, **headers):
    return rf.post("/", headers=headers)


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        # Browsers since 2023
        ({"sec-fetch-site": "same-origin", "origin": OURS}, True),
        ({"sec-fetch-site": "same-origin", "origin": "null"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "same-site", "origin": "http://other.testserver"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "https://evil.example"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "null"}, False),
        ({"sec-fetch-site": "cross-site", "referer": f"{OURS}/"}, False),
        ({"sec-fetch-site": "same-origin", "origin": "https://evil.example"}, False),
        ({"sec-fetch-site": "nonsense"}, False),
        # Older browsers
        ({"origin": OURS}, True),
        ({"origin": "http://localhost:8000"}, True),  # SITE_URL
        ({"origin": "https://evil.example"}, False),
        ({"origin": "https://testserver"}, False),
        ({"origin": "http://testserver:81"}, False),
        ({"origin": "http://testserver.evil.example"}, False),
        ({"origin": "null", "referer": f"{OURS}/form/"}, True),
        ({"origin": "null", "referer": "https://evil.example/"}, False),
        ({"origin": "null"}, False),
        # Browsers so old that they send no Origin
        ({"referer": f"{OURS}/request-evaluation/"}, True),
        ({"referer": "https://evil.example/"}, False),
        ({"referer": "http://[evil"}, False),
        ({}, True),
    ],
)
def test_a_post_is_ours_only_if_the_browser_says_so(rf, headers, allowed):
    assert is_same_origin(post(rf, **headers)) is allowed
