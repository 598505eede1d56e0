from django.db import models


class PayerKind(models.TextChoices):
    MEDICARE = "medicare", "Medicare"
    MEDICAID = "medicaid", "Medicaid"
    COMMERCIAL = "commercial", "Commercial"


class Relationship(models.TextChoices):
    """Patient's relationship to the subscriber, by its SBR02/PAT01 code."""

    SELF = "18", "Self"
    SPOUSE = "01", "Spouse"
    CHILD = "19", "Child"
    OTHER = "G8", "Other"


class Sex(models.TextChoices):
    FEMALE = "F", "Female"
    MALE = "M", "Male"
    UNKNOWN = "U", "Unknown"


class AppointmentState(models.TextChoices):
    SCHEDULED = "scheduled", "Scheduled"
    ARRIVED = "arrived", "Checked in"
    CANCELLED = "cancelled", "Cancelled"
    NO_SHOW = "no_show", "No show"


class EncounterStatus(models.TextChoices):
    """How far the visit is on its way to being paid; moves right and never back."""

    CHECKED_IN = "checked_in", "Checked in"
    DOCUMENTED = "documented", "Documented, waiting for a coder"
    CODING = "coding", "Being coded"
    CODED = "coded", "Coded, waiting for its claim"
    BILLED = "billed", "Billed"
    CLOSED = "closed", "Closed"


BEFORE_BILLED = (
    EncounterStatus.CHECKED_IN,
    EncounterStatus.DOCUMENTED,
    EncounterStatus.CODING,
    EncounterStatus.CODED,
)
"""No claim of the visit has left yet; named one by one, so that an index finds these few."""


class EligibilityState(models.TextChoices):
    """The answer's meaning. No answer (AAA 42, 80, time-out) is unknown, never inactive."""

    PENDING = "pending", "Asked, no answer yet"
    ACTIVE = "active", "Active"
    INACTIVE = "inactive", "Inactive"
    UNKNOWN = "unknown", "Unknown: the payer did not answer"
    NOT_FOUND = "not_found", "Not found: the payer needs other details"
