"""What the demo stands on: the codes that the product carries."""

from tests.denials.conftest import _carried_codes, codes

__all__ = ["_carried_codes", "codes"]
