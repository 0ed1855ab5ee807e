from django.urls import path

from .intake import status_views, views

app_name = "inquiries"
urlpatterns = [
    path("", views.new, name="new"),
    path("status/", status_views.StatusView.as_view(), name="status"),
    path("received/<str:token>/", views.received, name="received"),
]
