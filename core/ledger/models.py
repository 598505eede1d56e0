from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core import clock
from core.ledger.enums import Account, EntryKind, Responsibility


class Receivable(models.Model):
    """What is owed for one charge line. Its balance is the sum of its RECEIVABLE postings.

    The two balances are caches kept by a database trigger; ``verify_books`` recomputes them.
    """

    service_date = models.DateField()
    opened_at = models.DateTimeField(default=clock.now)
    payer_balance = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0))
    patient_balance = models.DecimalField(max_digits=12, decimal_places=2, default=Decimal(0))

    class Meta:
        indexes = [
            models.Index(
                fields=["service_date"],
                condition=~Q(payer_balance=0) | ~Q(patient_balance=0),
                name="ledger_open_receivables",
            ),
            models.Index(
                fields=["id"],
                condition=Q(payer_balance__lt=0) | Q(patient_balance__lt=0),
                name="ledger_credits",
            ),
        ]

    @property
    def balance(self) -> Decimal:
        """Everything still owed, by payers and patient, in US dollars."""
        return self.payer_balance + self.patient_balance


class Entry(models.Model):
    """One event in the books: a set of postings that sum to zero. Never changed, only reversed.

    Triggers hold it: no change, no later posting, the balance of each transaction that writes.
    """

    kind = models.CharField(max_length=20, choices=EntryKind.choices)
    occurred_on = models.DateField()
    posted_at = models.DateTimeField(default=clock.now)
    posted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    memo = models.CharField(max_length=200, blank=True)
    reverses = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="reversed_by"
    )

    class Meta:
        verbose_name_plural = "entries"
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=EntryKind.REVERSAL, reverses__isnull=False)
                | (~Q(kind=EntryKind.REVERSAL) & Q(reverses=None)),
                name="ledger_reversal_names_its_entry",
            ),
            models.CheckConstraint(condition=~Q(reverses=F("id")), name="ledger_not_self_reversal"),
            models.CheckConstraint(
                condition=Q(kind__in=EntryKind.values), name="ledger_kind_known"
            ),
        ]


class Posting(models.Model):
    """One side of an entry: an amount in US dollars on an account. Debit positive."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="postings")
    account = models.CharField(max_length=20, choices=Account.choices)
    receivable = models.ForeignKey(
        Receivable, null=True, blank=True, on_delete=models.PROTECT, related_name="postings"
    )
    responsibility = models.CharField(max_length=8, choices=Responsibility.choices, blank=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="ledger_posting_not_zero"),
            models.CheckConstraint(
                condition=~Q(account=Account.RECEIVABLE)
                | (Q(receivable__isnull=False) & ~Q(responsibility="")),
                name="ledger_receivable_has_owner",
            ),
            models.CheckConstraint(
                condition=Q(account__in=Account.values), name="ledger_account_known"
            ),
            models.CheckConstraint(
                condition=Q(account=Account.RECEIVABLE, responsibility__in=Responsibility.values)
                | (~Q(account=Account.RECEIVABLE) & Q(responsibility="")),
                name="ledger_owner_known",
            ),
        ]
        indexes = [models.Index(fields=["account", "entry"], name="ledger_account_entry")]
