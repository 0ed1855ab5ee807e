"""Who may sign in to the staff desk, how they prove it, and what is on record about that.

Passwords, second factors and sessions are django-allauth's work; what is decided here is which
of its pages exist, what it may store, and what a session must have shown to open the desk.
"""
