"""The filters of the list of files."""

from __future__ import annotations

import django_filters as df
from django.db.models import Q, QuerySet

from core.clearinghouse.enums import Direction, FileKind, TransmissionState
from core.clearinghouse.models import Transmission
from core.filters import PageFilters


class TransmissionFilters(PageFilters):
    """Files that were sent or received."""

    q = df.CharFilter(max_length=80, method="by_words")
    kind = df.ChoiceFilter(choices=FileKind.choices, empty_label="All kinds")
    state = df.ChoiceFilter(choices=TransmissionState.choices, empty_label="All states")
    direction = df.ChoiceFilter(choices=Direction.choices, empty_label="Both ways")

    def by_words(
        self, rows: QuerySet[Transmission], name: str, value: str
    ) -> QuerySet[Transmission]:
        """A part of the file's name, or a control number."""
        return rows.filter(
            Q(name__icontains=value) | Q(control_number=value) | Q(group_control_number=value)
        )
