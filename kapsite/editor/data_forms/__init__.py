"""Forms for data: from a schema to the fields of a form, and from what was typed back to YAML."""
