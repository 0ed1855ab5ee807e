"""Places of other pages that link to a page or name it, and what becomes of each."""
