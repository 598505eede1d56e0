"""The addresses of the product."""

from django.urls import URLPattern, URLResolver, path

from rcm import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
]
