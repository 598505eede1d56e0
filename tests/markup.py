"""Markup as tests compare it."""

from __future__ import annotations

import re


def squeezed(html: str | bytes) -> str:
    """Single spaces, and none beside a tag: where a template breaks its lines does not matter."""
    text = html.decode() if isinstance(html, bytes) else html
    return re.sub(r" ?(<[^>]*>) ?", r"\1", re.sub(r"\s+", " ", text))
