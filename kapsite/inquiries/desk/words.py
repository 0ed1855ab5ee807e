"""Short words about a request and about colleagues, the same in the list and in the record."""

from kapsite.inquiries.choices import ContactBy, Time, Voicemail

WAYS = {ContactBy.CALL: "Call.", ContactBy.TEXT: "Text.", ContactBy.EMAIL: "Email."}
VOICEMAIL = {
    Voicemail.YES: "Voicemail is fine.",
    Voicemail.DISCREET: "Voicemail: first name and number only.",
    Voicemail.NO: "No voicemail.",
}


def how_to_reach(inquiry) -> str:
    """ "Call. No voicemail. Mornings." """
    sentences = [WAYS.get(inquiry.contact_by, "")]
    if inquiry.contact_by == ContactBy.CALL:
        sentences.append(VOICEMAIL.get(inquiry.voicemail, ""))
    if times := good_times(inquiry):
        sentences.append(f"{times}.")
    return " ".join(filter(None, sentences))


def good_times(inquiry) -> str:
    """ "Mornings", "Mornings or evenings", "Mornings, afternoons or evenings"."""
    names = dict(Time.choices)
    words = [names[value] for value in inquiry.times.split(",") if value in names]
    if not words:
        return ""
    *first, last = [words[0], *map(str.lower, words[1:])]
    return f"{', '.join(first)} or {last}" if first else last


def person(user) -> str:
    """What colleagues call somebody of staff; "" for nobody."""
    return (user.get_full_name() or user.get_username()) if user else ""
