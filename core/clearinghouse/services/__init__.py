"""Everything that changes a transmission."""

from core.clearinghouse.services.inbound import (
    mark_failed,
    mark_processed,
    receive_files,
    store_inbound,
)
from core.clearinghouse.services.inquiry import Inquiry, inquire
from core.clearinghouse.services.lost import settle_question
from core.clearinghouse.services.outbound import (
    SendResult,
    mark_acknowledged,
    mark_refused,
    next_control_numbers,
    send_pending,
    store_outbound,
)
from core.clearinghouse.services.retrying import retry_transmission

__all__ = [
    "Inquiry",
    "SendResult",
    "inquire",
    "mark_acknowledged",
    "mark_failed",
    "mark_processed",
    "mark_refused",
    "next_control_numbers",
    "receive_files",
    "retry_transmission",
    "send_pending",
    "settle_question",
    "store_inbound",
    "store_outbound",
]
