"""Claims and submissions make legal moves only (`claims.states`)."""

from django.db import migrations

from core.guards import CREATED, state_guard

CLAIM = {
    CREATED: ["draft"],
    "draft": ["held", "ready"],
    "held": ["ready"],
    "ready": ["held", "queued"],
    "queued": ["held", "sent"],
    "sent": ["accepted_clearinghouse", "accepted_payer", "rejected", "adjudicated"],
    "accepted_clearinghouse": ["accepted_payer", "rejected", "adjudicated"],
    "accepted_payer": ["rejected", "adjudicated"],
    "rejected": ["draft", "adjudicated"],
    "adjudicated": ["denied", "closed", "draft"],
    "denied": ["adjudicated", "closed", "draft"],
    "closed": ["adjudicated", "draft"],
}
SUBMISSION_END = {CREATED: [""], "": ["rejected", "replaced", "voided"]}


class Migration(migrations.Migration):
    dependencies = [("claims", "0006_at_scale")]
    operations = [
        state_guard("claims_claim", "state", CLAIM),
        state_guard("claims_submission", "end", SUBMISSION_END),
    ]
