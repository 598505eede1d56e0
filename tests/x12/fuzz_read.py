"""Coverage-guided fuzzing of the reader. Run by hand; what it finds becomes a test.

    python -m venv /tmp/fuzz && /tmp/fuzz/bin/pip install atheris
    /tmp/fuzz/bin/python -m tests.x12.fuzz_read -max_total_time=600 -max_len=4000 CORPUS

The corpus may be empty: it is seeded with one file of each transaction.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any


def seed(folder: Path) -> None:
    """One valid file of each transaction."""
    from tests.x12_samples import build

    folder.mkdir(parents=True, exist_ok=True)
    for kind, make in build.EVERYTHING.items():
        (folder / f"seed-{kind}").write_bytes(build.data(make()))


def check(data: bytes) -> None:
    """Reading survives, keeps every byte, agrees with streaming, and what it read can be written."""
    from rcm import x12
    from tests.x12_samples import build

    document = x12.read(data, name="fuzz")
    assert bytes(document) == data, "bytes were lost"
    claims = x12.stream(io.BytesIO(data))
    told = [e.code for item in claims for e in item.errors]
    told += [e.code for e in claims.document.errors]
    assert sorted(told) == sorted(e.code for e in document.errors), "stream and read disagree"
    for error in document.errors:
        assert error.message
        error.as_dict()
    for answer in x12.acknowledge(document):
        for group in answer.groups:
            x12.locate(group, document)
    for transaction in document.transactions:
        content: Any = transaction.content
        if content is None or any(e.level <= 2 for e in transaction.errors):
            continue
        try:
            again = x12.read(build.data(content)).transactions[0].content
        except x12.WriteError:
            continue
        assert again == content, "written and read again is something else"


def main() -> None:
    """Hand over to libFuzzer."""
    import atheris  # type: ignore[import-untyped]

    # The reader must be imported under instrumentation, before anything else imports it.
    with atheris.instrument_imports(include=["rcm.x12"]):
        import rcm.x12  # noqa: F401
    folders = [a for a in sys.argv[1:] if not a.startswith("-")]
    if folders:
        seed(Path(folders[0]))
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
