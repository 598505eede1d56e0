"""Typed content of the transactions. One class per loop that means something to a practice."""
