"""What Django's admin answers with a 500 although the sender is at fault."""

import traceback

from django import db
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin

from .views import bad_request

# Raised for values that a filter, a key or a form field cannot take. Which of them depends on
# the database: SQLite overflows, PostgreSQL reports a DataError.
OF_VALUES = (OverflowError, ValidationError, db.DataError)


class BadAdminInput(MiddlewareMixin):
    """An admin address or form with values that cannot be: 400 instead of 500."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not request.path.startswith(f"/{settings.ADMIN_PATH}"):
            return None
        if isinstance(exception, OF_VALUES) or _is_value_error_of_django(exception):
            return bad_request(request)
        return None


def _is_value_error_of_django(exception: Exception) -> bool:
    """A ValueError in our own code is a fault of ours and stays a 500."""
    if not isinstance(exception, ValueError):
        return False
    innermost = traceback.extract_tb(exception.__traceback__)[-1].filename
    return not innermost.startswith(str(settings.BASE_DIR / "kapsite"))
