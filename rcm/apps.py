from django.apps import AppConfig


class RcmConfig(AppConfig):
    name = "rcm"
    label = "rcm"
    verbose_name = "Firstpass"

    def ready(self) -> None:
        # `shared_task.delay()` in a web process needs the application and its broker.
        from rcm import celery  # noqa: F401
