from django.urls import path

from . import views
from .data_forms import data_views, team_preview
from .images import image_views
from .publication import publish_views
from .signing_off import sign_off_views
from .structure import address_views, menu_views, page_list, undo_views
from .versions import history_views

app_name = "editor"
urlpatterns = [
    path("", page_list.pages, name="pages"),
    path("cancel/<int:pk>/", publish_views.cancel, name="cancel"),
    path("new-chart/", data_views.new_chart, name="new-chart"),
    path("data/people.yaml/preview/", team_preview.team_preview, name="team_preview"),
    path("data/<path:name>/live/", data_views.live, name="data_live"),
    path("data/<path:name>/", data_views.data, name="data"),
    path("history/", history_views.versions, name="versions"),
    path("history/download/", history_views.download, name="download"),
    path("history/log/", history_views.actions, name="actions"),
    path("history/<int:pk>/", history_views.version, name="version"),
    path("history/<int:pk>/undo/", undo_views.undo, name="undo"),
    path("history/<int:pk>/whole-site/", undo_views.whole_site, name="whole_site"),
    path("images/", image_views.images, name="images"),
    path("images/file/<path:name>", image_views.image_file, name="image_file"),
    path("images/prepared/<str:name>", image_views.prepared_image, name="prepared_image"),
    path("images/remove/<path:name>/", image_views.remove_image, name="remove_image"),
    path("reminders/", history_views.reminder_list, name="reminders"),
    path("sign-offs/", sign_off_views.sign_offs, name="sign_offs"),
    path("sign-offs/<path:name>/", sign_off_views.sign_off, name="sign_off"),
    path("menu/", menu_views.menu, name="menu"),
    path("page/<path:name>/address/", address_views.address, name="address"),
    path("page/<path:name>/preview/", views.show_preview, name="preview"),
    path("page/<path:name>/live/", views.live, name="live"),
    path("page/<path:name>/publish/", publish_views.publish, name="publish"),
    path("page/<path:name>/discard/", views.discard, name="discard"),
    path("page/<path:name>/", views.page, name="page"),
]
