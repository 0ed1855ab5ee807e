"""What the site knows about the clinic, offered to every template."""


def clinic(request):
    return {}
