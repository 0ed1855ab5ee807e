"""Django forms for a schema: its keys, their inputs, groups of these, lists of groups, sections."""
