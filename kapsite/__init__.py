__version__ = "2026.11"  # the newest heading of CHANGELOG.md
