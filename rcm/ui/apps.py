from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "rcm.ui"
    label = "ui"
    verbose_name = "Design system"
