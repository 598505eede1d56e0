from django.db import models


class RemittanceState(models.TextChoices):
    HELD = "held", "Held: does not balance"
    READY = "ready", "Ready to post"
    POSTED = "posted", "Posted"
    REPLACED = "replaced", "Replaced by a corrected file"


class PaymentState(models.TextChoices):
    """How far posting came with one claim payment (CLP) of a remittance."""

    RECORDED = "recorded", "Recorded"
    POSTED = "posted", "Posted to its claim"
    UNPOSTED = "unposted", "No claim of ours found: to be worked"
    INFORMATION = "information", "Information only (predetermination, forwarded)"
    RESOLVED = "resolved", "Unposted payment resolved"


class MatchedBy(models.TextChoices):
    CONTROL_NUMBER = "control_number", "Patient control number (CLP01)"
    PAYER_NUMBER = "payer_number", "Payer claim control number (CLP07)"
    HAND = "hand", "By hand"
    NONE = "none", "Not matched"


class LineMatchedBy(models.TextChoices):
    """How a payer's line found the claim line it answers, surest first."""

    CONTROL_NUMBER = "control_number", "Line item control number (REF*6R)"
    CODE = "code", "Code, charge and date"
    REMAINING = "remaining", "The only line left"
    NONE = "none", "No single line: posted across the claim"


class Disposition(models.TextChoices):
    """What posting does with one adjustment (CAS)."""

    CONTRACTUAL = "contractual", "Given up by contract or law"
    PATIENT = "patient", "Patient owes"
    PRIOR_PAYER = "prior_payer", "Earlier payer's effect, not posted again"
    DENIED = "denied", "Denied: stays with the payer while it is worked"
