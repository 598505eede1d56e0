from django.apps import AppConfig


class ClearinghouseConfig(AppConfig):
    name = "core.clearinghouse"
    label = "clearinghouse"
