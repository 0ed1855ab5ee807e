"""The site's own gunicorn settings, but no access log."""

import runpy

globals().update(runpy.run_path("gunicorn.conf.py"))
accesslog = None
