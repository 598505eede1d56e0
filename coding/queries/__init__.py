"""Reads of coding: the code book, code search, the coder's work list, an encounter's codes."""
