"""What every test stands on."""

from tests.carried import _carried_codes, codes

__all__ = ["_carried_codes", "codes"]
