"""Data files and the front matter of pages: which there are, how each is read and written."""
