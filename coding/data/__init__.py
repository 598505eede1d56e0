"""The data files that the product carries. README.md beside them names their sources."""

from __future__ import annotations

from pathlib import Path


def data_file(name: str) -> Path:
    """The path of a carried file."""
    return Path(__file__).parent / name
