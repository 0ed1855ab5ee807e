"""What `manage.py check --deploy` finds before a patient does."""

from django.core.checks import Error, register

from .monitoring import installation


@register("operations", deploy=True)
def check_installation(app_configs, **kwargs):
    """operations.E001: all is well but for the worker: it may not run yet."""
    results = [result for result in installation.run() if result.fix and result.name != "Worker"]
    return [Error(f"{r.name}: {r.words}.", hint=r.fix, id="operations.E001") for r in results]
