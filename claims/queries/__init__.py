"""Reads of claims: work lists, the claim list, search, a claim's events and its 837 segments."""
