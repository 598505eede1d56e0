from django.db import models


class CodeSystem(models.TextChoices):
    """The code lists the product knows. The value is the word of ``load_codes SYSTEM``."""

    ICD10CM = "icd10cm", "ICD-10-CM"
    CPT = "cpt", "CPT"
    HCPCS = "hcpcs", "HCPCS Level II"
    MODIFIER = "modifier", "Modifier"
    PLACE_OF_SERVICE = "pos", "Place of service"
    CARC = "carc", "Claim adjustment reason code"
    RARC = "rarc", "Remittance advice remark code"


class ReleaseKind(models.TextChoices):
    """What a release can hold: a code list, or a file of edits or fees about codes."""

    ICD10CM = "icd10cm", "ICD-10-CM codes"
    ICD10CM_NOTES = "icd10cm-notes", "ICD-10-CM notes and synonyms"
    CPT = "cpt", "CPT codes"
    HCPCS = "hcpcs", "HCPCS Level II codes"
    MODIFIER = "modifier", "Modifiers"
    PLACE_OF_SERVICE = "pos", "Places of service"
    CARC = "carc", "Claim adjustment reason codes"
    RARC = "rarc", "Remittance advice remark codes"
    NCCI_PTP = "ncci-ptp", "NCCI procedure-to-procedure edits"
    MUE = "mue", "Medically unlikely edits"
    PFS_RVU = "pfs-rvu", "Physician fee schedule RVUs"
    GPCI = "gpci", "Geographic practice cost indices"
    CONVERSION_FACTOR = "cf", "Conversion factors"
    CHARGES = "charges", "The clinic's charges"
    LAB_FEES = "lab-fees", "Laboratory and drug fees"


class NoteKind(models.TextChoices):
    """The instructions of the ICD-10-CM tabular list."""

    INCLUSION = "inclusion", "Includes"
    EXCLUDES1 = "excludes1", "Excludes1: never together"
    EXCLUDES2 = "excludes2", "Excludes2: not included here"
    CODE_FIRST = "code_first", "Code first"
    USE_ADDITIONAL = "use_additional", "Use additional code"
    CODE_ALSO = "code_also", "Code also"
    SEVENTH = "seventh", "Seventh character"


class FeeScheduleKind(models.TextChoices):
    CHARGES = "charges", "The clinic's own charges"
    MEDICARE = "medicare", "Medicare fees outside the RVU file (laboratory, drugs, vaccines)"


class ConversionFactorKind(models.TextChoices):
    """Since 2026 Medicare has two factors, by participation in an alternative payment model."""

    NON_APM = "non-apm", "Not in a qualifying APM"
    APM = "apm", "Qualifying APM participant"
