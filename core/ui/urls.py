from django.contrib.auth.views import LogoutView
from django.urls import path

from core.ui import views
from core.ui.sign_in import SignInView

urlpatterns = [
    path("", views.home, name="home"),
    path("login/", SignInView.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("design/", views.design, name="design"),
    path("design/options/", views.design_options, name="design-options"),
    path("design/progress/", views.design_progress, name="design-progress"),
    path("design/toast/", views.design_toast, name="design-toast"),
]
