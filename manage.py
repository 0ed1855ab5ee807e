#!/usr/bin/env python
"""Django's command line for kapsite."""

import os
import sys


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kapsite.settings")
    from kapsite.operations.command_line import run

    run(sys.argv)


if __name__ == "__main__":
    main()
