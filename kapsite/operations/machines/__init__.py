"""More than one web machine on one database: each serves the same published set."""
