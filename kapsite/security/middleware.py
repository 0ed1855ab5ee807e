"""What Django's admin answers with a 500 although the sender is at fault."""

import traceback
from collections.abc import Callable

from django import db
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse

from .views import bad_request

# Raised for values that a filter, a key or a form field cannot take. Which of them depends on
# the database: SQLite overflows, PostgreSQL reports a DataError.
OF_VALUES = (OverflowError, ValidationError, db.DataError)


class BadAdminInput:
    """An admin address or form with values that cannot be: 400 instead of 500."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.prefix = f"/{settings.ADMIN_PATH}"

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not request.path.startswith(self.prefix):
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
