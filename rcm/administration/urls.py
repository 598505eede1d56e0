"""Addresses below /administration/ (providers and facilities: `encounters.urls.clinic`)."""

from django.urls import path

from rcm.administration import views

app_name = "administration"

urlpatterns = [
    path("", views.home, name="home"),
    path("users/", views.users, name="users"),
    path("users/new/", views.add_user, name="add_user"),
    path("users/<int:user_id>/", views.user, name="user"),
    path("users/<int:user_id>/password/", views.set_password, name="set_password"),
    path("users/<int:user_id>/close/", views.close_user, name="close_user"),
    path("users/<int:user_id>/open/", views.open_user, name="open_user"),
    path("audit/", views.audit, name="audit"),
    path("audit/check/", views.check_audit, name="check_audit"),
    path("operations/", views.operations, name="operations"),
]
