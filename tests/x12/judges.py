"""Independent validators (development dependencies) behind one function each."""

from __future__ import annotations

import io
import json


def pyx12_errors(data: bytes) -> list[str]:
    """What pyx12 objects to; its return value and exit code mean nothing."""
    import pyx12.params
    import pyx12.x12n_document

    report = io.StringIO()
    ok = pyx12.x12n_document.x12n_document(
        param=pyx12.params.params(), src_file=io.StringIO(data.decode()), fd_997=None, fd_html=None,
        fd_json=report,
    )  # fmt: skip
    found: list[str] = []

    def collect(node: object, path: str) -> None:
        if isinstance(node, dict):
            if ("err_cde" in node or "code" in node) and ("err_str" in node or "message" in node):
                found.append(f"{path}: {node}")
            for key, value in node.items():
                collect(value, f"{path}/{key}")
        elif isinstance(node, list):
            for value in node:
                collect(value, path)

    collect(json.loads(report.getvalue() or "{}"), "")
    if not ok and not found:
        found.append("refused without saying why")
    return found


def oxedi_findings(data: bytes) -> list[str]:
    """What oxedi objects to in an 835, balance among it."""
    import oxedi

    result = oxedi.parse(data)
    assert result.document.write() == data
    return [str(diagnostic) for diagnostic in result.diagnostics]
