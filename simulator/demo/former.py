"""Claims that the clinic's former billing service sent: their payments come to us, unannounced."""

from __future__ import annotations

import datetime as dt
import re

from django.utils import timezone

import x12
from claims import edi
from claims.models import Submission
from claims.queries.batching import with_837_content
from core import clock
from simulator.sandbox.clearinghouse import Clearinghouse

_COUNT = 5
_DAYS_BEFORE = 40


def send_former_claims(clearinghouse: Clearinghouse, *, before: dt.date) -> int:
    """The former service bills a few visits from before our time. Returns how many.

    Same clinic, same payers, numbers that we never gave. It fetches its own acknowledgements; the
    payments go to the clinic's account, and their remittances to us. A repeat changes nothing.
    """
    rows = with_837_content(Submission.objects.filter(number=1, claim__service_date__lt=before))
    submissions = list(rows.order_by("pk")[: _COUNT * 4 : 4])
    if not submissions:
        return 0
    partner = submissions[0].claim.payer.partner
    at = timezone.localtime(clock.now()).replace(tzinfo=None)
    batch = edi.batch_837p(partner, submissions, reference="FORMER0001", at=at)
    envelope = x12.Envelope(
        partner.submitter_id,
        partner.receiver_id,
        control_number=900_000_001,
        created=at,
        usage=partner.usage,
    )
    text = x12.write(envelope, [x12.Outgoing("0001", batch)]).data.decode()
    text = re.sub(r"(CLM\*|REF\*6R\*)C(\d+)", r"\1FORMER\2", text)
    text = re.sub(r"(DTP\*472\*D8\*)(\d{8})", _earlier, text)
    ours = {name for name, _ in clearinghouse.waiting()}
    clearinghouse.submit("former-billing-service.837", text.encode())
    for name, _ in clearinghouse.waiting():
        if name not in ours:
            clearinghouse.confirm(name)
    return len(submissions)


def _earlier(match: re.Match[str]) -> str:
    day = dt.date.fromisoformat(match[2]) - dt.timedelta(days=_DAYS_BEFORE)
    return f"{match[1]}{day:%Y%m%d}"
