"""The REST interface, version 1: reading what the pages show, for programs.

Top stage: it sees every stage below and none sees it. `docs/api.md` is its guide.
"""
