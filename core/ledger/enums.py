from django.db import models


class Account(models.TextChoices):
    """The accounts. Debits are positive, credits negative; each entry sums to zero.

    ``RECEIVABLE`` is what somebody owes us; its postings say who (responsibility).
    """

    RECEIVABLE = "receivable", "Receivable"
    CHARGES = "charges", "Charges"
    CONTRACTUAL = "contractual", "Contractual adjustment"
    PAYER_PAID = "payer_paid", "Paid by payer"
    PATIENT_PAID = "patient_paid", "Paid by patient"
    WRITE_OFF = "write_off", "Write-off"
    RECOUPMENT = "recoupment", "Recoupment (PLB WO, FB, CS)"
    INTEREST = "interest", "Interest (PLB L6)"
    PROVIDER_ADJUSTMENT = "provider_adjustment", "Other provider-level adjustment"
    REFUND = "refund", "Refund"
    UNAPPLIED = "unapplied", "Unapplied"


class Responsibility(models.TextChoices):
    PAYER_1 = "payer_1", "Primary payer"
    PAYER_2 = "payer_2", "Secondary payer"
    PAYER_3 = "payer_3", "Tertiary payer"
    PATIENT = "patient", "Patient"


class EntryKind(models.TextChoices):
    CHARGE = "charge", "Charge"
    REMITTANCE = "remittance", "Remittance"
    UNAPPLIED_PAYMENT = "unapplied_payment", "Payment not yet applied"
    APPLICATION = "application", "Unapplied payment applied"
    PROVIDER_ADJUSTMENT = "provider_adjustment", "Provider-level adjustment"
    TRANSFER = "transfer", "Responsibility transfer"
    WRITE_OFF = "write_off", "Write-off"
    PATIENT_PAYMENT = "patient_payment", "Patient payment"
    REVERSAL = "reversal", "Reversal"
