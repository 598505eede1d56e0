from django.db import models


class DenialState(models.TextChoices):
    OPEN = "open", "To be worked"
    CORRECTED = "corrected", "Corrected claim sent, waiting"
    RECOVERED = "recovered", "Paid after correction"
    WRITTEN_OFF = "written_off", "Written off"
    MOVED_TO_PATIENT = "moved_to_patient", "Patient's responsibility"
    UPHELD = "upheld", "Denied again"


class RootCause(models.TextChoices):
    ELIGIBILITY = "eligibility", "Eligibility or coverage"
    REGISTRATION = "registration", "Registration data"
    AUTHORIZATION = "authorization", "Authorization or referral"
    CODING = "coding", "Coding"
    MODIFIER = "modifier", "Modifier"
    DOCUMENTATION = "documentation", "Documentation"
    MEDICAL_NECESSITY = "medical_necessity", "Medical necessity"
    BILLING = "billing", "Billing"
    TIMELY_FILING = "timely_filing", "Timely filing"
    ENROLLMENT = "enrollment", "Provider enrollment"
    PAYER = "payer", "Payer"


class Resolution(models.TextChoices):
    """How a denial is brought to payment, or ended without it."""

    CORRECTED_CLAIM = "corrected_claim", "Corrected claim"
    NEW_CLAIM = "new_claim", "New claim"
    APPEAL = "appeal", "Appeal"
    SEND_RECORDS = "send_records", "Send records"
    BILL_OTHER_PAYER = "bill_other_payer", "Bill the other payer"
    BILL_PATIENT = "bill_patient", "Bill the patient"
    WAIT = "wait", "Wait for the payer"
    WRITE_OFF = "write_off", "Write off"


class Source(models.TextChoices):
    """Where the cause of a denial is put right before the claim goes out again."""

    CODES = "codes", "The codes"
    COVERAGE = "coverage", "The coverage"
    NUMBERS = "numbers", "Authorization and referral"
