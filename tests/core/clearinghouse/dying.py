"""A worker in a process of its own that is killed between sending a file and noting it.

`python -m tests.core.clearinghouse.dying DATABASE LOG` appends what it sent to LOG and ends with 9.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


class Deadly:
    """A gateway whose receiver gets the file; then the worker is gone."""

    def __init__(self, log: Path) -> None:
        self.log = log

    def send(self, name: str, content: bytes) -> None:
        with self.log.open("ab") as file:
            file.write(name.encode() + b"|" + content + b"\n")
            file.flush()
            os.fsync(file.fileno())
        os._exit(9)


def main() -> None:
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = sys.argv[1]
    django.setup()
    from core.clearinghouse.services import send_pending

    send_pending(gateway=Deadly(Path(sys.argv[2])))  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
