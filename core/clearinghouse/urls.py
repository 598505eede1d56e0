"""Addresses below /transmissions/."""

from django.urls import path

from core.clearinghouse import views

app_name = "clearinghouse"

urlpatterns = [
    path("", views.transmission_list, name="list"),
    path("<int:pk>/", views.transmission_detail, name="detail"),
    path("<int:pk>/file/", views.transmission_file, name="file"),
    path("<int:pk>/retry/", views.transmission_retry, name="retry"),
]
