"""From what a payer says to the books: match, set duplicates aside, allocate, write, close."""

from payments.services.posting.post import PostResult, post_remittance
from payments.services.posting.unposted import Applied, match_by_hand, send_back

__all__ = ["Applied", "PostResult", "match_by_hand", "post_remittance", "send_back"]
