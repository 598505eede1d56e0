"""The implementation guides as tables, and which of them a transaction set is written by."""

from __future__ import annotations

from typing import Final

from x12.guides.acknowledgement import ACKNOWLEDGEMENT
from x12.guides.claim_acknowledgement import CLAIM_ACKNOWLEDGEMENT
from x12.guides.eligibility import BENEFITS, INQUIRY
from x12.guides.institutional import INSTITUTIONAL
from x12.guides.professional import PROFESSIONAL
from x12.guides.remittance import REMITTANCE
from x12.guides.schema import Guide
from x12.guides.status import STATUS_REQUEST, STATUS_RESPONSE

GUIDES: Final[tuple[Guide, ...]] = (
    PROFESSIONAL,
    INSTITUTIONAL,
    REMITTANCE,
    INQUIRY,
    BENEFITS,
    STATUS_REQUEST,
    STATUS_RESPONSE,
    CLAIM_ACKNOWLEDGEMENT,
    ACKNOWLEDGEMENT,
)

BY_KIND: Final[dict[str, Guide]] = {guide.kind: guide for guide in GUIDES}
