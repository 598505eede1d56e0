from coding.models.codes import Code, CodeNote, CodeRelease, CodeWord, MueEdit, PtpEdit
from coding.models.fees import (
    ContractRate,
    ConversionFactor,
    FeeSchedule,
    FeeScheduleRate,
    Gpci,
    RvuRow,
)
from coding.models.work import ChargeLine, CodingVersion, Diagnosis

__all__ = [
    "ChargeLine",
    "Code",
    "CodeNote",
    "CodeRelease",
    "CodeWord",
    "CodingVersion",
    "ContractRate",
    "ConversionFactor",
    "Diagnosis",
    "FeeSchedule",
    "FeeScheduleRate",
    "Gpci",
    "MueEdit",
    "PtpEdit",
    "RvuRow",
]
