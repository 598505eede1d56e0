"""Addresses of the front desk, the providers and the clinic's set-up."""

from django.urls import include, path

urlpatterns = [
    path("", include("encounters.urls.front_desk")),
    path("", include("encounters.urls.provider")),
    path("", include("encounters.urls.clinic")),
]
