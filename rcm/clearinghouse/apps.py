from django.apps import AppConfig


class ClearinghouseConfig(AppConfig):
    name = "rcm.clearinghouse"
    label = "clearinghouse"
