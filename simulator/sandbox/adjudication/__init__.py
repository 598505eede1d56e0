"""From a screened bill to a decision: who is covered, what is payable, how much, who owes it."""

from simulator.sandbox.adjudication.decide import adjudicate
from simulator.sandbox.adjudication.memory import Memory, duplicate_key

__all__ = ["Memory", "adjudicate", "duplicate_key"]
