"""Addresses of the denial pages. The claim's story has its address among the claims' (rcm.urls)."""

from django.urls import path

from denials import views

app_name = "denials"

urlpatterns = [
    path("denials/", views.denial_list, name="list"),
    path("denials/next/", views.next_denial, name="next"),
    path("denials/<int:denial_id>/", views.denial_detail, name="detail"),
    path("denials/<int:denial_id>/preview/", views.preview, name="preview"),
    path("denials/<int:denial_id>/correct/", views.correct, name="correct"),
    path("denials/<int:denial_id>/numbers/", views.numbers, name="numbers"),
    path("denials/<int:denial_id>/write-off/", views.write_off, name="write_off"),
    path("denials/<int:denial_id>/to-patient/", views.to_patient, name="to_patient"),
    path("denials/<int:denial_id>/note/", views.note, name="note"),
    path("denials/<int:denial_id>/snooze/", views.snooze, name="snooze"),
]
