"""Coverage-guided fuzzing of the reader: ``make fuzz`` (``MINUTES=60 make fuzz`` for longer).

The corpus may be empty: it is seeded with files of each transaction, and a dictionary of the guides'
segments is written, so that mutations speak X12.  What is found stands as ``crash-…`` in ``var/fuzz``;
run it again with ``var/fuzz/venv/bin/python -m tests.x12.fuzz_read var/fuzz/crash-…``, and make it a
test of ``test_bad_input.py``.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any


def seeds() -> dict[str, bytes]:
    """One valid file of each transaction, and what stands around transactions."""
    import x12
    from tests.x12_samples import build

    found = {kind: build.data(make()) for kind, make in build.EVERYTHING.items()}
    era, claims = found["835"], found["837P"]
    other = x12.Delimiters("|", ">", "!", "\n")
    found["other-separators"] = build.data(build.claims_837p(), number=18, delimiters=other)
    found["lines"] = b"\xef\xbb\xbf" + era.replace(b"~", b"~\r\n")
    found["two"] = era + found["other-separators"]
    found["broken-off"] = era[: len(era) // 2] + found["other-separators"]
    found["ta1"] = era.replace(b"GS*HP", b"TA1*000000905*260105*0930*R*025~GS*HP")
    found["bare"] = claims[claims.index(b"ST*") : claims.index(b"GE*")]
    found["834"] = claims.replace(b"ST*837", b"ST*834").replace(b"GS*HC", b"GS*BE")
    return found


def dictionary() -> str:
    """Words of the guides, one a line, as libFuzzer reads them."""
    from x12.guides import GUIDES
    from x12.guides.schema import Loop, SegmentUse

    words = {"*", "~", ":", "^", "~ISA*", "~IEA*", "~GS*", "~GE*", "~ST*", "~SE*", "~TA1*"}

    def walk(loop: Loop) -> None:
        for child in loop.children:
            if isinstance(child, Loop):
                walk(child)
            elif isinstance(child, SegmentUse):
                starts = child.qualifiers if child.qualifier == 1 else ("",)
                words.update(f"~{child.id}*{code}" for code in starts)

    for guide in GUIDES:
        walk(guide.root)
    return "".join(f'"{word}"\n' for word in sorted(words))


def prepare(corpus: Path) -> None:
    """Put the seeds into the corpus and the dictionary beside it."""
    corpus.mkdir(parents=True, exist_ok=True)
    for name, data in seeds().items():
        (corpus / f"seed-{name}").write_bytes(data)
    (corpus.parent / "dictionary").write_text(dictionary())


def in_guide_order(content: Any) -> Any:
    """With the HI codes of each claim by kind: HI segments may come in any order, and are written in
    the guide's; within a kind the order stays, since pointers count on it."""
    for row in content.rows() if hasattr(content, "billing") else ():
        row.claim.codes.sort(key=lambda code: code.qualifier)
    return content


def check(data: bytes) -> None:
    """Reading survives, keeps every byte, agrees with streaming, and what it read can be written."""
    import x12
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
        assert in_guide_order(again) == in_guide_order(content), (
            "written and read again is something else"
        )


def main() -> None:
    """Hand over to libFuzzer."""
    import atheris  # type: ignore[import-untyped]

    # The reader must be imported under instrumentation, before anything else imports it.
    with atheris.instrument_imports(include=["x12"]):
        import x12  # noqa: F401
    folders = [Path(a) for a in sys.argv[1:] if not a.startswith("-") and not Path(a).is_file()]
    if folders:
        prepare(folders[0])
    atheris.Setup(sys.argv, check)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
