"""A draft as readers would get it, beside its text and by a private link."""
