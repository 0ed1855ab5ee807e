"""The addresses of all features."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from kapsite.editor.writing.previews.private_link import show_draft, show_image

# Where password managers look: https://www.w3.org/TR/change-password-url/
change_password = RedirectView.as_view(pattern_name="account_change_password")
urlpatterns: list[URLPattern | URLResolver] = [
    path("request-evaluation/", include("kapsite.inquiries.urls")),
    path(f"{settings.ADMIN_PATH}account/", include("kapsite.accounts.urls")),
    path(f"{settings.ADMIN_PATH}edit/", include("kapsite.editor.urls")),
    path(settings.ADMIN_PATH, admin.site.urls),
    path("preview/draft/<str:token>/", show_draft, name="draft"),
    path("preview/draft/<str:token>/images/<str:name>", show_image, name="draft_image"),
    path(".well-known/change-password", change_password),
    path("", include("kapsite.operations.urls")),
    path("", include("kapsite.pages.urls")),
]
if "django_browser_reload" in settings.INSTALLED_APPS:
    urlpatterns.insert(0, path("__reload__/", include("django_browser_reload.urls")))
if settings.DEBUG:
    from kapsite.operations.showcase import components

    urlpatterns.insert(0, path("_components/", components))
handler400 = "kapsite.security.views.bad_request"
handler403 = "kapsite.security.views.permission_denied"
handler404 = "kapsite.security.views.page_not_found"
handler500 = "kapsite.security.views.server_error"
