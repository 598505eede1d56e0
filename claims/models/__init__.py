from claims.models.acknowledgement import Acknowledgement
from claims.models.claim import Claim, ClaimLine, ScrubFinding, Submission
from claims.models.task import CallLog, ClaimTask

__all__ = [
    "Acknowledgement",
    "CallLog",
    "Claim",
    "ClaimLine",
    "ClaimTask",
    "ScrubFinding",
    "Submission",
]
