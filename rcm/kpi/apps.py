from django.apps import AppConfig


class KpiConfig(AppConfig):
    name = "rcm.kpi"
    label = "kpi"
