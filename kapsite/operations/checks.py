"""What `manage.py check --deploy` finds before a patient does."""

from django.core.checks import Error, register

from .monitoring import installation
from .monitoring.health import WORKER


@register("operations", deploy=True)
def check_installation(app_configs, **kwargs):
    """operations.E001: all is well but for the worker: it may not run yet."""
    wrong = [each for each in installation.run() if not each.is_well and each.name != WORKER]
    return [Error(f"{r.name}: {r.words}.", hint=r.fix, id="operations.E001") for r in wrong]
