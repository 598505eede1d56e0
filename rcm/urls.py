"""The addresses of the product."""

from django.urls import URLPattern, URLResolver, include, path

from claims.urls import claim_patterns, search_patterns
from denials import views as denial_views
from rcm import health

# The story of a claim is told by the top stage, which sees everything.
claim_pages = [*claim_patterns, path("<int:claim_id>/", denial_views.story, name="detail")]

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("", include("rcm.ui.urls")),
    path("", include("encounters.urls")),
    path("coding/", include("coding.urls")),
    path("billing/", include("claims.urls")),
    path("claims/", include((claim_pages, "claims"))),
    path("", include("payments.urls")),
    path("", include("denials.urls")),
    path("manager/", include("rcm.kpi.urls")),
    path("transmissions/", include("rcm.clearinghouse.urls")),
    path("administration/", include("rcm.administration.urls")),
    *search_patterns,
    path("api/", include("rcm.api.urls")),
]

handler400 = "rcm.ui.views.bad_request"
handler403 = "rcm.ui.views.permission_denied"
handler404 = "rcm.ui.views.not_found"
handler500 = "rcm.ui.views.server_error"
