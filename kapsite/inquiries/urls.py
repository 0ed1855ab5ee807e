from django.urls import path

from .intake import views

app_name = "inquiries"
urlpatterns = [
    path("", views.new, name="new"),
    path("received/<str:token>/", views.received, name="received"),
]
