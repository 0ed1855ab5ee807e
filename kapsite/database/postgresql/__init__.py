"""Django's PostgreSQL backend with a timeout of our own around every statement.

``statement_timeout`` is kept by the server: when the server itself is frozen (a stopped
process, a stalled disk), it never fires, and the person who sent a form would wait for ever.
"""
