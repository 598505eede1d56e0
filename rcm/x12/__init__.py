"""X12 5010 for the revenue cycle: 837P, 837I, 835, 270, 271, 276, 277, 277CA, 999 and TA1.

``read`` and ``stream`` turn bytes into typed objects and positioned errors, ``write`` turns typed
objects into bytes.  See ``docs/x12.md``.  Pure Python; nothing but the standard library.
"""

from rcm.x12.acks import (
    InterchangeAcknowledgement,
    LocatedError,
    acknowledge,
    locate,
)
from rcm.x12.balance import Imbalance, balance_835
from rcm.x12.checks import SYNTAX_ONLY, UP_TO_BALANCE, Checks, npi_is_valid
from rcm.x12.document import (
    ClaimRange,
    Content,
    Delimiters,
    Document,
    Envelope,
    Group,
    Interchange,
    Outgoing,
    Transaction,
    Written,
)
from rcm.x12.errors import Snip, WriteError, X12Error
from rcm.x12.model.acknowledgements import (
    TA1,
    AcknowledgedTransaction,
    Acknowledgement999,
    ElementError,
    ErrorContext,
    SegmentError,
)
from rcm.x12.model.claims import (
    Ambulance,
    BillingLevel,
    Claim,
    ClaimRow,
    Claims837,
    Claims837I,
    Claims837P,
    Drug,
    Form,
    Inpatient,
    LinePayment,
    OtherPayer,
    Outpatient,
    PatientLevel,
    Repricing,
    ServiceLine,
    Spinal,
    SubscriberLevel,
)
from rcm.x12.model.eligibility import (
    Benefit,
    Delivery,
    Eligibility,
    Eligibility270,
    Eligibility271,
    Inquiry,
    MemberLevel,
    MemberRow,
    Military,
    ReceiverLevel,
    Relation,
    SourceLevel,
)
from rcm.x12.model.party import Party
from rcm.x12.model.remittance import (
    ClaimPayment,
    PaymentGroup,
    Remittance835,
    ServicePayment,
)
from rcm.x12.model.status import (
    ClaimAcknowledgement277CA,
    ClaimStatus,
    LineStatus,
    StatusMember,
    StatusProvider,
    StatusReceiver,
    StatusRequest276,
    StatusResponse277,
    StatusRow,
    StatusSource,
    StatusTransaction,
)
from rcm.x12.model.values import (
    UNREADABLE,
    Adjustment,
    Amount,
    Attachment,
    Condition,
    Contact,
    Contract,
    Dated,
    HealthCode,
    Measurement,
    Note,
    Procedure,
    ProviderAdjustment,
    Quantity,
    Reference,
    Rejection,
    Remark,
    Status,
    StatusCode,
    Trace,
    Unrecognised,
)
from rcm.x12.reader import StreamedClaim, read, stream
from rcm.x12.writer import write, write_interchange

__all__ = [
    "SYNTAX_ONLY", "TA1", "UNREADABLE", "UP_TO_BALANCE", "AcknowledgedTransaction",
    "Acknowledgement999", "Adjustment", "Ambulance", "Amount", "Attachment", "Benefit",
    "BillingLevel", "Checks", "Claim", "ClaimAcknowledgement277CA", "ClaimPayment", "ClaimRange",
    "ClaimRow", "ClaimStatus", "Claims837", "Claims837I", "Claims837P", "Condition", "Contact",
    "Content", "Contract", "Dated", "Delimiters", "Delivery", "Document", "Drug",
    "ElementError", "Eligibility", "Eligibility270", "Eligibility271", "Envelope", "ErrorContext",
    "Form", "Group", "HealthCode", "Imbalance", "Inpatient", "Inquiry", "Interchange",
    "InterchangeAcknowledgement", "LinePayment", "LineStatus", "LocatedError", "Measurement",
    "MemberLevel", "MemberRow", "Military", "Note", "OtherPayer", "Outgoing", "Outpatient",
    "Party", "PatientLevel", "PaymentGroup", "Procedure", "ProviderAdjustment", "Quantity",
    "ReceiverLevel", "Reference", "Rejection", "Relation", "Remark", "Remittance835", "Repricing",
    "SegmentError", "ServiceLine", "ServicePayment", "Snip", "SourceLevel", "Spinal", "Status",
    "StatusCode", "StatusMember", "StatusProvider", "StatusReceiver", "StatusRequest276",
    "StatusResponse277", "StatusRow", "StatusSource", "StatusTransaction", "StreamedClaim",
    "SubscriberLevel", "Trace", "Transaction", "Unrecognised", "WriteError", "Written",
    "X12Error", "acknowledge", "balance_835", "locate", "npi_is_valid", "read", "stream", "write",
    "write_interchange",
]  # fmt: skip
