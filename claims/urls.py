"""Addresses of billing, and of a claim's own pages.

`claim_patterns` is mounted by `rcm.urls` below /claims/ together with the claim's story, which a
higher stage serves under the name ``claims:detail``.
"""

from django.urls import URLPattern, path

from claims import views

app_name = "billing"

urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("claims/", views.claim_list, name="claims"),
    path("claims/export.csv", views.claims_csv, name="claims_csv"),
    path("claims/queue/", views.queue_selected, name="queue_selected"),
    path("unbilled/", views.unbilled, name="unbilled"),
    path("held/", views.held, name="held"),
    path("held/<int:claim_id>/", views.held_claim, name="held_claim"),
    path("rejected/", views.rejected, name="rejected"),
    path("rejected/<int:claim_id>/", views.rejected_claim, name="rejected_claim"),
    path("follow-up/", views.follow_up, name="follow_up"),
    path("follow-up/<int:claim_id>/", views.follow_up_claim, name="follow_up_claim"),
    path("next/<str:kind>/", views.next_case, name="next"),
]

claim_patterns: list[URLPattern] = [
    path("of-patient/<int:patient_id>/", views.patient_status, name="patient_status"),
    path("<int:claim_id>/837/", views.segments, name="segments"),
    path("<int:claim_id>/acknowledgements/", views.acknowledgements, name="acknowledgements"),
    path("<int:claim_id>/scrub/", views.scrub, name="scrub"),
    path("<int:claim_id>/queue/", views.queue, name="queue"),
    path("<int:claim_id>/resubmit/", views.resubmit, name="resubmit"),
    path("<int:claim_id>/visit-details/", views.visit_details, name="visit_details"),
    path("<int:claim_id>/calls/", views.calls, name="calls"),
]

search_patterns: list[URLPattern] = [path("search/", views.search, name="search")]
