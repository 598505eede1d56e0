"""Typed transactions with everything in them that a practice meets. No real people."""
