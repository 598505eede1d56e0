from django.db import models


class Queue(models.TextChoices):
    """The work lists. Each has one owner role and one kind of case behind it."""

    ELIGIBILITY = "eligibility", "Eligibility"
    DOCUMENTATION = "documentation", "Documentation"
    CODING = "coding", "Coding"
    SCRUB = "scrub", "Scrub findings"
    REJECTION = "rejection", "Rejections"
    FOLLOW_UP = "follow_up", "Follow-up"
    UNPOSTED = "unposted", "Unposted payments"
    DENIAL = "denial", "Denials"


class WorkState(models.TextChoices):
    OPEN = "open", "Open"
    DONE = "done", "Done"
