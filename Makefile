# Finds a Python; scripts/bootstrap.py does everything else, and says at its top what that is.
#   PORT=8123 make serve            serve on another port
#   make test ARGS="-k inquiry"     only some of the tests
names := python3 python3.13 python3.12 python3.11 /usr/bin/python3 /opt/homebrew/bin/python3
pythons := $(names) $(wildcard $(HOME)/.pyenv/versions/3*/bin/python3 $(HOME)/.local/share/uv/python/cpython-3*/bin/python3)
# The usual CPython with its usual modules. The site was run with these versions; a newer one may lack ready-made packages.
suits := import sys, ssl, sqlite3, venv, zlib; v = sys.version_info; sys.exit(not (3, 11) <= v < (3, 14) or v[3] != "final" or sys.implementation.name != "cpython" or "t" in sys.abiflags)
python := $(shell for python in $(pythons); do "$$python" -sEc '$(suits)' 2>/dev/null && echo "$$python" && break; done)

.PHONY: serve dev test test-postgres bench drills
serve dev test test-postgres bench drills:
	@$(or $(python),$(error Python 3.11, 3.12 or 3.13 is needed. Found: $(or $(shell python3 --version 2>&1),none). Install one (Debian: apt-get install python3; macOS: brew install python) and try again)) -E scripts/bootstrap.py $@ $(ARGS)
