"""Who can sign in to the staff desk, how they authenticate, and what is logged about it.

django-allauth handles passwords and second factors. This package decides which of its pages exist,
what it may store, and what a session needs before the desk opens.
"""
