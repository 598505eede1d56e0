"""Many rows changed in one statement: see `core.bulk`."""

from core.bulk import update_rows

__all__ = ["update_rows"]
