from django.apps import AppConfig


class SandboxConfig(AppConfig):
    name = "rcm.sandbox"
    label = "sandbox"
