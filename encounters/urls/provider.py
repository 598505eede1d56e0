from django.urls import path, re_path

from encounters.views import provider

app_name = "provider"

urlpatterns = [
    path("provider/", provider.home, name="home"),
    path("provider/visits/<int:encounter_id>/note/", provider.note, name="note"),
    re_path(
        r"^provider/note-row/(?P<kind>diagnosis|service)/$", provider.note_row, name="note_row"
    ),
    path("notes/<int:encounter_id>/", provider.signed, name="signed"),
    path("notes/<int:encounter_id>/addendum/", provider.addendum, name="addendum"),
]
