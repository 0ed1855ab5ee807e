"""Pages are routed only in development: in production publish/serving/server.py serves them."""

from django.conf import settings
from django.urls import URLPattern, path, re_path

app_name = "pages"
urlpatterns: list[URLPattern] = []
if settings.DEBUG:
    from kapsite.pages import views

    urlpatterns = [
        path("", views.live_page, name="home"),
        re_path(r"^images/[^/]+\.webp$", views.live_image, name="image"),
        re_path(r"^(?P<path>[a-z0-9/-]+/)$", views.live_page, name="page"),
    ]
