from django.db import models


class ClaimState(models.TextChoices):
    """Where the claim's current submission stands.

    A rejection (999, 277CA: never adjudicated) and a denial (835: adjudicated) are
    different states, with different ways back to work.
    """

    DRAFT = "draft", "Being built"
    HELD = "held", "Held: findings to fix"
    READY = "ready", "Ready to submit"
    QUEUED = "queued", "Queued for sending"
    SENT = "sent", "Sent"
    ACCEPTED_BY_CLEARINGHOUSE = "accepted_clearinghouse", "Accepted by clearinghouse"
    ACCEPTED_BY_PAYER = "accepted_payer", "Accepted by payer, waiting for payment"
    REJECTED = "rejected", "Rejected"
    DENIED = "denied", "Denied, to be worked"
    ADJUDICATED = "adjudicated", "Answered by the payer"
    CLOSED = "closed", "Closed"


#: Sent and not yet answered by an 835: what ages, and what follow-up watches.
AWAITING_PAYER = (
    ClaimState.SENT,
    ClaimState.ACCEPTED_BY_CLEARINGHOUSE,
    ClaimState.ACCEPTED_BY_PAYER,
)


class ClaimKind(models.TextChoices):
    PROFESSIONAL = "professional", "Professional (837P)"


class Frequency(models.TextChoices):
    """CLM05-3."""

    ORIGINAL = "1", "Original"
    REPLACEMENT = "7", "Replacement of a prior claim"
    VOID = "8", "Void of a prior claim"


class SubmissionEnd(models.TextChoices):
    """Why a submission is no longer the current one. The claim's history keeps it."""

    REJECTED = "rejected", "Rejected, sent again as a new original"
    REPLACED = "replaced", "Replaced by a corrected claim"
    VOIDED = "voided", "Voided"


class TaskKind(models.TextChoices):
    """Why a person has to look at a claim."""

    SCRUB = "scrub", "Scrub findings to fix"
    REJECTION = "rejection", "Rejected by clearinghouse or payer"
    FOLLOW_UP = "follow_up", "No answer in time: call the insurer"


class CallOutcome(models.TextChoices):
    IN_PROCESS = "in_process", "In process"
    NOT_ON_FILE = "not_on_file", "Not on file"
    PAID = "paid", "Paid: payment is on its way"
    DENIED = "denied", "Denied"
    NEEDS_INFORMATION = "needs_information", "Payer needs information"
    NO_ANSWER = "no_answer", "Nobody reached"
