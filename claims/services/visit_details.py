"""Numbers of a visit that only the claim needs: authorization, referral, who referred."""

from __future__ import annotations

from django.db import transaction

import x12
from claims.models import Claim
from core.access.models import User
from core.audit.services import record
from core.errors import Refused
from encounters import locks
from encounters.models import Encounter


def change_visit_details(
    *,
    claim_id: int,
    by: User,
    prior_authorization: str = "",
    referral_number: str = "",
    referring_last_name: str = "",
    referring_first_name: str = "",
    referring_npi: str = "",
) -> Encounter:
    """Set REF*G1, REF*9F and loop 2310A of the visit that this claim bills.

    They are kept with the visit, so that every claim of it, and every correction, carries them.
    Refused: an NPI with a wrong check digit, a referral number without who referred.
    """
    values = {
        "prior_authorization": prior_authorization.strip(),
        "referral_number": referral_number.strip(),
        "referring_last_name": referring_last_name.strip(),
        "referring_first_name": referring_first_name.strip(),
        "referring_npi": referring_npi.strip(),
    }
    if values["referring_npi"] and not x12.npi_is_valid(values["referring_npi"]):
        raise Refused(
            "The referring provider's NPI is not valid: its check digit is wrong. Look the "
            "number up in the NPI registry.",
            code="npi-invalid",
        )
    named = bool(values["referring_last_name"] and values["referring_npi"])
    if values["referral_number"] and not named:
        raise Refused(
            "A referral number needs the last name and the NPI of who referred.",
            code="referring-provider-missing",
        )
    with transaction.atomic():
        claim = Claim.objects.get(pk=claim_id)
        encounter = locks.encounter(claim.encounter_id)
        changed = [name for name, value in values.items() if getattr(encounter, name) != value]
        for name in changed:
            setattr(encounter, name, values[name])
        if changed:
            encounter.save(update_fields=changed)
            record(
                actor=by,
                action="claim.visit_details_changed",
                subject=claim,
                patient_id=encounter.patient_id,
                detail={"fields": changed},
            )
    return encounter
