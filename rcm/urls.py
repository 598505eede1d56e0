"""The addresses of the product."""

from django.urls import URLPattern, URLResolver, include, path

from claims.urls import claim_patterns, search_patterns
from denials import views as denial_views
from rcm.runtime import health

# The story page of a claim is in the top stage, which may import every other one.
claim_pages = [*claim_patterns, path("<int:claim_id>/", denial_views.story, name="detail")]

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("", include("core.ui.urls")),
    path("", include("encounters.urls")),
    path("coding/", include("coding.urls")),
    path("billing/", include("claims.urls")),
    path("claims/", include((claim_pages, "claims"))),
    path("", include("payments.urls")),
    path("", include("denials.urls")),
    path("manager/", include("rcm.kpi.urls")),
    path("transmissions/", include("core.clearinghouse.urls")),
    path("administration/", include("rcm.administration.urls")),
    *search_patterns,
    path("api/", include("rcm.api.urls")),
]

handler400 = "core.ui.views.bad_request"
handler403 = "core.ui.views.permission_denied"
handler404 = "core.ui.views.not_found"
handler500 = "core.ui.views.server_error"
