from django.db import models


class Direction(models.TextChoices):
    OUTBOUND = "outbound", "Sent"
    INBOUND = "inbound", "Received"


class FileKind(models.TextChoices):
    CLAIMS = "837P", "837P claims"
    INTERCHANGE_ACK = "TA1", "TA1 interchange acknowledgement"
    FUNCTIONAL_ACK = "999", "999 functional acknowledgement"
    CLAIM_ACK = "277CA", "277CA claim acknowledgement"
    REMITTANCE = "835", "835 remittance"
    ELIGIBILITY_INQUIRY = "270", "270 eligibility inquiry"
    ELIGIBILITY_ANSWER = "271", "271 eligibility answer"
    UNKNOWN = "unknown", "Not recognised"


class TransmissionState(models.TextChoices):
    """Outbound: pending → sent → acknowledged | refused. Inbound: received → processed | failed."""

    PENDING = "pending", "Waiting to be sent"
    SENT = "sent", "Sent"
    ACKNOWLEDGED = "acknowledged", "Acknowledged"
    REFUSED = "refused", "Refused by the receiver"
    RECEIVED = "received", "Received"
    PROCESSED = "processed", "Processed"
    FAILED = "failed", "Could not be processed"
