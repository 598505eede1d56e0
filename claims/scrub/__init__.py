"""The scrubber: everything that a payer would refuse, found before the claim leaves.

Rules are pure functions over `ClaimFacts`; importing this package registers all of them.
"""

from claims.scrub import dates, lines, parties, rules_of_payers
from claims.scrub.facts import ClaimFacts
from claims.scrub.registry import RULES, Rule, scrub

__all__ = ["RULES", "ClaimFacts", "Rule", "dates", "lines", "parties", "rules_of_payers", "scrub"]
