"""What a person reads on a page."""

import html
import re


def text(response):
    """What the page says, without tags and with single spaces."""
    main = re.search("<main[^>]*>(.*)</main>", response.text, re.DOTALL)[1]
    return html.unescape(" ".join(re.sub("<[^>]+>", " ", main).split()))


def title(response):
    return html.unescape(re.search("<title>(.*?)</title>", response.text, re.DOTALL)[1])
