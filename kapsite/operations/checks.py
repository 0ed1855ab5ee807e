"""What `manage.py check --deploy` finds before a patient does."""

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.checks import Error, register

from kapsite.inquiries.checks import check_keys
from kapsite.pages.publish.static_storage import HashedFiles

from . import health


@register("operations", deploy=True)
def check_health(app_configs, **kwargs):
    """operations.E001: what /healthz checks is well, but for the worker: it may not run yet."""
    if wrong_keys := check_keys(app_configs, databases=["default"]):
        return wrong_keys  # /healthz would note them as keys in use
    results = [result for result in health.run() if result.fix and result.name != "Worker"]
    return [Error(f"{r.name}: {r.words}.", hint=r.fix, id="operations.E001") for r in results]


@register("operations", deploy=True)
def check_static_files(app_configs, **kwargs):
    """operations.E002: every static file was collected as it is now."""
    if settings.DEBUG:  # they are served where they lie
        return []
    storage = HashedFiles()
    collected = storage.hashed_files
    made_at = storage.get_modified_time(storage.manifest_name).timestamp() if collected else 0
    for finder in get_finders():
        for path, source in finder.list([]):
            changed_at = source.get_modified_time(path).timestamp()
            if path not in collected or changed_at > made_at:
                message = f"Static files: {path} was not collected since it changed."
                hint = "Run manage.py collectstatic --noinput, then manage.py publish."
                return [Error(message, hint=hint, id="operations.E002")]
    return []


@register("operations", deploy=True)
def check_proxies(app_configs, **kwargs):
    """operations.E003: somebody is believed who says that a reader came by HTTPS."""
    if settings.TRUSTED_PROXIES or not settings.SECURE_SSL_REDIRECT:
        return []
    message = "TRUSTED_PROXIES is not set, so every page would redirect to itself."
    hint = "Set it to the address of the proxy that accepts HTTPS: TRUSTED_PROXIES=127.0.0.1"
    return [Error(message, hint=hint, id="operations.E003")]
