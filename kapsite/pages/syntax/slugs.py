"""Text as part of an address; plain Python."""

import re
import unicodedata


def slug(text: str) -> str:
    """``text`` as an id: small letters, digits and hyphens, a letter first."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")
    return words if words[:1].isalpha() else f"part-{words}".rstrip("-")
