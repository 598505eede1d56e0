from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "rcm.work"
    label = "work"
