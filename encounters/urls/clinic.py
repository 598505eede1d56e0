from django.urls import path

from encounters.views import organisation

app_name = "clinic"

urlpatterns = [
    path("administration/providers/", organisation.providers, name="providers"),
    path("administration/providers/new/", organisation.provider, name="add_provider"),
    path("administration/providers/<int:provider_id>/", organisation.provider, name="provider"),
    path("administration/facilities/new/", organisation.facility, name="add_facility"),
    path("administration/facilities/<int:facility_id>/", organisation.facility, name="facility"),
]
