"""The folder of samples and reference data that lies beside a checkout, when there is one.

Nothing in it is copied into the project. Tests that read it skip, with the reason, without it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED = Path(
    os.environ.get("FIRSTPASS_SHARED") or Path(__file__).resolve().parent.parent.parent / "shared"
)

requires_shared = pytest.mark.skipif(
    not (SHARED / "samples").is_dir(),
    reason=f"no shared samples at {SHARED} (set FIRSTPASS_SHARED)",
)
