# Everything is done by scripts/bootstrap.py, which says at its top what it does.
#   PORT=8123 make serve            serve on another port
#   make test ARGS="-k inquiry"     only some of the tests
names := python3 python3.13 python3.12 python3.11 python3.14
python := $(firstword $(foreach name,$(names),$(shell command -v $(name) 2>/dev/null)))

.PHONY: serve dev test test-postgres bench
serve dev test test-postgres bench:
	@$(or $(python),$(error Python 3.11 or newer is needed, and there is none)) -E scripts/bootstrap.py $@ $(ARGS)
