"""270 and 276, which we send: who asks must be known to the payer by an NPI that can exist."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from x12.model.eligibility import MemberRow
from x12.model.status import StatusRow
from x12.rules.base import Rules
from x12.rules.checks import Checks
from x12.rules.parties import check_party, party_is_fine
from x12.rules.problems import Problem


class InquiryRules(Rules):
    """The provider is told once, however many people it asks about."""

    def __init__(self, checks: Checks) -> None:
        super().__init__(checks)
        self.seen = 0

    def claim(self, row: Any) -> Iterable[Problem]:
        """The provider above this person or claim."""
        if not self.codes or not isinstance(row, MemberRow | StatusRow):
            return ()
        provider = (row.receiver if isinstance(row, MemberRow) else row.provider).party
        if provider is None or provider.position == self.seen:
            return ()
        self.seen = provider.position
        if party_is_fine(provider):
            return ()
        return list(check_party(provider, strict=self.checks.strict))
