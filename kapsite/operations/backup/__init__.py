"""Backups, restores and moves of the database. Rows are copied as they are stored: what is
encrypted stays encrypted.

A backup is one SQLite database, whatever the site uses, encrypted as one age file
(https://age-encryption.org/v1). So it can be restored to either database, and opened without this
code: ``age -d -i KEY FILE > db.sqlite3``. The content folder is in it as its history.
"""
