"""Independent validators (development dependencies) behind one function each."""

from __future__ import annotations

import io
import json


def pyx12_errors(data: bytes) -> list[str]:
    """What pyx12 objects to, in words."""
    return [f"{error['err_cde']}: {error}" for error in pyx12_report(data)]


def pyx12_report(data: bytes) -> list[dict[str, str]]:
    """What pyx12 objects to, as it reports it; its return value and exit code mean nothing."""
    import pyx12.params
    import pyx12.x12n_document

    report = io.StringIO()
    ok = pyx12.x12n_document.x12n_document(
        param=pyx12.params.params(),
        src_file=io.StringIO(data.decode()),
        fd_997=None,
        fd_html=None,
        fd_json=report,
    )
    found: list[dict[str, str]] = []

    def collect(node: object) -> None:
        if isinstance(node, dict):
            if ("err_cde" in node or "code" in node) and ("err_str" in node or "message" in node):
                found.append({"err_cde": "", "err_val": "", **node})
            for value in node.values():
                collect(value)
        elif isinstance(node, list):
            for value in node:
                collect(value)

    collect(json.loads(report.getvalue() or "{}"))
    if not ok and not found:
        found.append({"err_cde": "refused without saying why", "err_val": ""})
    return found


def oxedi_findings(data: bytes) -> list[str]:
    """What oxedi objects to in an 835, balance among it."""
    import oxedi

    result = oxedi.parse(data)
    assert result.document.write() == data
    return [str(diagnostic) for diagnostic in result.diagnostics]
