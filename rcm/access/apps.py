from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "rcm.access"
    label = "access"
