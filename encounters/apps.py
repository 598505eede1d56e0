from django.apps import AppConfig
from django.db.models import Q


class EncountersConfig(AppConfig):
    name = "encounters"
    label = "encounters"

    def ready(self) -> None:
        """A visit on hold is not counted as waiting for a coder."""
        from core.work.queries import WORKABLE
        from encounters.enums import EncounterStatus
        from encounters.models import Encounter

        held = Encounter.objects.filter(
            status__in=[EncounterStatus.DOCUMENTED, EncounterStatus.CODING],
            on_hold_since__isnull=False,
            coding_item__isnull=False,
        )
        WORKABLE.append(~Q(pk__in=held.order_by().values("coding_item_id")))
