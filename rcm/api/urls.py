"""Addresses of the API: ``/api/v1/…`` and its document at ``/api/schema/``."""

from django.urls import include, path, re_path
from rest_framework.routers import SimpleRouter

from rcm.api import views

app_name = "api"

router = SimpleRouter()
router.register("patients", views.PatientViewSet, "patient")
router.register("encounters", views.EncounterViewSet, "encounter")
router.register("claims", views.ClaimViewSet, "claim")
router.register("remittances", views.RemittanceViewSet, "remittance")
router.register("denials", views.DenialViewSet, "denial")

urlpatterns = [
    path("schema/", views.SchemaView.as_view(), name="schema"),
    path("v1/", include(router.urls)),
    # With its slash only: without it, Django's redirect finds the address with one.
    re_path(r"^(?:.*/)?$", views.Nowhere.as_view(), name="nowhere"),
]
