from django.urls import path

from coding import views

app_name = "coding"

urlpatterns = [
    path("", views.home, name="home"),
    path("next/", views.next_visit, name="next"),
    path("lookup/", views.lookup, name="lookup"),
    path("search/diagnoses/", views.search_diagnoses, name="search_diagnoses"),
    path("search/procedures/", views.search_procedures, name="search_procedures"),
    path("<int:encounter_id>/", views.workspace, name="workspace"),
    path("<int:encounter_id>/edits/", views.edits, name="edits"),
    path("<int:encounter_id>/hold/", views.hold, name="hold"),
    path("<int:encounter_id>/release/", views.release, name="release"),
    path("<int:encounter_id>/history/", views.history, name="history"),
]
