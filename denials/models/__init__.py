from denials.models.denial import Correction, Denial

__all__ = ["Correction", "Denial"]
