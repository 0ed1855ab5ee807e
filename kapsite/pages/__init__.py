"""Content files -> published pages. Owns no tables."""
