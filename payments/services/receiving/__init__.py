"""Every way in for 835 files: each file is read once and recorded, then posted."""

from payments.services.receiving.files import (
    Outcome,
    Processed,
    process_remittance_files,
    receive_file,
)

__all__ = ["Outcome", "Processed", "process_remittance_files", "receive_file"]
