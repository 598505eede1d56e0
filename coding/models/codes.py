from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q

from coding.enums import CodeSystem, NoteKind, ReleaseKind
from core import clock


class CodeRelease(models.Model):
    """One loaded file of codes, edits or fees: what, valid from when, from which bytes.

    The natural key is kind + date + hash: the same file again changes nothing.
    """

    kind = models.CharField(max_length=16, choices=ReleaseKind.choices)
    effective_from = models.DateField()
    source = models.CharField(max_length=200, help_text="Name of the file")
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    loaded_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["kind", "-effective_from", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "effective_from", "sha256"], name="code_release_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} from {self.effective_from:%Y-%m-%d}"


class Code(models.Model):
    """A code during a period. A code that comes back later is a second row."""

    system = models.CharField(max_length=10, choices=CodeSystem.choices)
    code = models.CharField(
        max_length=10,
        db_collation="C",  # so that a prefix search is a range of the unique index
        help_text="As people write it: J02.9, 99213, QW",
    )
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True, help_text="Last day; empty = still valid")
    billable = models.BooleanField(
        default=True, help_text="False for a heading that needs more characters"
    )
    description = models.TextField()
    synonyms = models.TextField(blank=True, help_text="Everyday words and inclusion terms")
    category = models.CharField(max_length=30, blank=True)
    attributes = models.JSONField(
        default=dict, blank=True, help_text="qw, laterality, facility, edits … by system"
    )
    rank = models.SmallIntegerField(
        default=0, help_text="Search order among equals: higher comes first"
    )
    words = SearchVectorField(null=True)

    class Meta:
        ordering = ["system", "code", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["system", "code", "valid_from"], name="code_once_per_start"
            ),
            models.UniqueConstraint(
                fields=["system", "code"], condition=Q(valid_to=None), name="code_one_open_period"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="code_period_in_order",
            ),
        ]
        indexes = [
            GinIndex(fields=["words"], name="code_words"),
        ]

    def __str__(self) -> str:
        return self.code


class CodeWord(models.Model):
    """A word of the code titles, so that a misspelt search word finds its neighbour."""

    system = models.CharField(max_length=10, choices=CodeSystem.choices)
    word = models.CharField(max_length=40)
    frequency = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "word"], name="code_word_once"),
        ]
        indexes = [
            GinIndex(OpClass("word", "gin_trgm_ops"), name="code_word_trgm"),
        ]

    def __str__(self) -> str:
        return self.word


class CodeNote(models.Model):
    """An instruction of the ICD-10-CM tabular list at a code or a heading.

    ``references`` are the codes named in the text, as patterns: ``J06.0``, ``A38.-``
    (everything below), ``O10-O11`` (a range of headings).
    """

    code = models.CharField(max_length=10)
    kind = models.CharField(max_length=14, choices=NoteKind.choices)
    text = models.TextField()
    references = ArrayField(models.CharField(max_length=20), default=list, blank=True)

    class Meta:
        ordering = ["code", "id"]
        indexes = [models.Index(fields=["code", "kind"], name="code_note_by_code")]

    def __str__(self) -> str:
        return f"{self.code}: {self.kind}"


class PtpEdit(models.Model):
    """An NCCI procedure-to-procedure edit: column 1 pays, column 2 denies on the same day.

    Modifier indicator 0: never together; 1: with a modifier that says it was distinct;
    9: the edit was deleted on the day it began (not applicable).
    """

    column1 = models.CharField(max_length=5)
    column2 = models.CharField(max_length=5)
    modifier_indicator = models.CharField(max_length=1)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True)
    rationale = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["column1", "column2"]
        constraints = [
            models.UniqueConstraint(
                fields=["column1", "column2", "effective_from"], name="ptp_edit_once"
            ),
            models.CheckConstraint(
                condition=Q(modifier_indicator__in=("0", "1", "9")), name="ptp_indicator_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.column1}/{self.column2}"


class MueEdit(models.Model):
    """A medically unlikely edit: the most units of a code for one patient.

    MAI 1: per claim line; 2: per day, absolute; 3: per day, can be appealed.
    """

    code = models.CharField(max_length=5)
    units = models.PositiveIntegerField()
    adjudication_indicator = models.CharField("MAI", max_length=1)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True, blank=True)
    rationale = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["code", "effective_from"], name="mue_edit_once"),
            models.CheckConstraint(
                condition=Q(adjudication_indicator__in=("1", "2", "3")), name="mue_mai_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} ≤ {self.units}"
