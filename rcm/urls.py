"""The addresses of the product."""

from django.urls import URLPattern, URLResolver, include, path

from rcm import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("", include("rcm.ui.urls")),
]

handler400 = "rcm.ui.views.bad_request"
handler403 = "rcm.ui.views.permission_denied"
handler404 = "rcm.ui.views.not_found"
handler500 = "rcm.ui.views.server_error"
