"""Taking the next visit to code: never the same one for two people."""

from __future__ import annotations

from django.db.models import Q

from coding.queries.worklist import WorkFilter, previous_clinic_day
from encounters.models import Encounter
from rcm import clock
from rcm.access.models import User
from rcm.work.enums import Queue
from rcm.work.services import claim_next


def claim_next_encounter(*, coder: User, chosen: WorkFilter) -> Encounter | None:
    """Give the coder the next visit: the previous day's first, then the queue's own order.

    What the coder holds already comes first. None when nothing (of what was chosen) waits.
    """
    fitting = Encounter.objects.filter(chosen.condition(clock.today()))
    day = previous_clinic_day()
    previous = fitting.filter(service_date=day) if day else fitting
    for encounters in (previous, fitting):
        item = claim_next(
            queue=Queue.CODING, user=coder, filters=Q(pk__in=encounters.values("coding_item_id"))
        )
        if item is not None:
            return Encounter.objects.get(coding_item=item)
    return None
