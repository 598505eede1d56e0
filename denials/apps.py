from django.apps import AppConfig


class DenialsConfig(AppConfig):
    name = "denials"
    label = "denials"

    def ready(self) -> None:
        """Every posting opens its denials (payments stands below and cannot import them)."""
        from denials.services.after_posting import work_posted_payments
        from payments.services.posting import on_posted

        on_posted(work_posted_payments)
