"""From what a payer says to the books: match, set duplicates aside, allocate, write, close."""

from payments.services.posting.post import PostResult, post_remittance
from payments.services.posting.receivers import on_posted
from payments.services.posting.unposted import match_by_hand, send_back

__all__ = ["PostResult", "match_by_hand", "on_posted", "post_remittance", "send_back"]
