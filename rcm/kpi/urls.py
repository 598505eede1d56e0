"""The manager's addresses."""

from django.urls import path

from rcm.kpi import views

app_name = "manager"
urlpatterns = [
    path("", views.home, name="home"),
    path("kpis/", views.kpis, name="kpis"),
    path("kpis/<slug:key>/", views.kpi, name="kpi"),
]
