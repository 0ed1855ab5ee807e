"""Editing the content in the browser. The content stays in files; history is in the database."""
