"""A worker in a process of its own that is killed in the middle of a submission.

`python -m tests.claims.dying DATABASE STEP LOG` appends what it sent to LOG and ends by SIGKILL:
STEP `batch` dies after the file is stored, `delivery` when the receiver has it and we do not know
it yet, `send` when we know it and the claims do not.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path


class Recorder:
    """A gateway that writes down what it got, so that another process can count it."""

    def __init__(self, log: Path, *, deadly: bool) -> None:
        self.log = log
        self.deadly = deadly

    def send(self, name: str, content: bytes) -> None:
        with self.log.open("ab") as file:
            file.write(name.encode() + b"|" + content + b"\n")
            file.flush()
            os.fsync(file.fileno())
        if self.deadly:
            os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = sys.argv[1]
    django.setup()
    from claims.services import batch_queued
    from core.clearinghouse.services import send_pending

    batch_queued()
    step, log = sys.argv[2], Path(sys.argv[3])
    if step != "batch":
        gateway = Recorder(log, deadly=step == "delivery")
        send_pending(gateway=gateway)  # type: ignore[arg-type]
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
