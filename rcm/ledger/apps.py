from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "rcm.ledger"
    label = "ledger"
