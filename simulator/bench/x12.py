"""The codec against a bare split loop, oxedi and pyx12's reader, all in one run.

Figures are best of several rounds.  ``× split`` is the time divided by that of a loop that does
nothing but cut the same file into segments and elements.  Time is processor time: everything here
runs in one thread, and a short loop finds a quiet moment on a busy machine that a long one cannot.
"""

from __future__ import annotations

import importlib.util
import io
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import rcm
from simulator.bench import x12_files
from x12 import UP_TO_BALANCE, Envelope, Outgoing, read, stream, write

ROUNDS = 5
CLAIMS = 10_000

LIMITS = {
    "835 read, SNIP 1-3 (× split)": 20.0,
    "835 read whole, every object kept, SNIP 1-3 (× split)": 20.0,
    "837P read, SNIP 1-5 (× split)": 25.0,
    "837P write (× split)": 12.0,
    "835 streaming, peak memory (MB)": 60.0,
}


def _best(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    times = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def _split(data: bytes) -> int:
    elements = 0
    for segment in data.decode().split("~"):
        elements += len(segment.split("*"))
    return elements


def _read(data: bytes, checks: Any = None) -> int:
    count = 0
    for item in stream(data, checks=checks):
        assert not item.errors
        count += 1
    return count


# VmHWM and not ru_maxrss: the latter begins with what the parent process used.
_MEMORY = """
import sys
from pathlib import Path
from x12 import UP_TO_BALANCE, stream
claims = sum(1 for item in stream(Path(sys.argv[1]), checks=UP_TO_BALANCE))
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(claims, peak.split()[1])
"""


def _peak_memory(data: bytes) -> float:
    """Megabytes of a process of its own that streams the file."""
    with tempfile.NamedTemporaryFile(suffix=".835") as file:
        file.write(data)
        file.flush()
        done = subprocess.run(
            [sys.executable, "-c", _MEMORY, file.name],
            capture_output=True,
            text=True,
            check=True,
            cwd=Path(rcm.__file__).resolve().parent.parent,
        )
    claims, kilobytes = done.stdout.split()
    assert int(claims) == CLAIMS
    return int(kilobytes) / 1024


def _pyx12(data: bytes) -> int:
    from pyx12.x12file import X12Reader

    reader = X12Reader(io.StringIO(data.decode()))
    return sum(1 for _ in reader)


def _oxedi(data: bytes) -> int:
    import oxedi

    return int(oxedi.parse(data).count_claims())


def _peers(data_835: bytes, data_837: bytes, split_835: float, split_837: float) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if importlib.util.find_spec("oxedi"):
        seconds = _best(lambda: _oxedi(data_835), 2)
        found["oxedi 835 (compiled, × split)"] = round(seconds / split_835, 1)
    if importlib.util.find_spec("pyx12"):
        seconds = _best(lambda: _pyx12(data_837), 1)
        found["pyx12 reader, segments only, 837P (× split)"] = round(seconds / split_837, 1)
    return found


def run(*, json: bool = False) -> dict[str, Any]:
    """Measure; about half a minute."""
    data_835, data_837 = x12_files.remittance_835(CLAIMS), x12_files.claims_837(CLAIMS)
    split_835, split_837 = _best(lambda: _split(data_835), 15), _best(lambda: _split(data_837), 15)
    read_835 = _best(lambda: _read(data_835, UP_TO_BALANCE))
    read_837 = _best(lambda: _read(data_837))
    document = read(data_837)
    assert bytes(document) == data_837
    outgoing = [Outgoing(t.control_number, t.claims837) for t in document.transactions]
    created = x12_files._WHEN
    envelope = Envelope("BENCHSENDER", "BENCHRECEIVER", 837, created, usage="T")
    assert write(envelope, outgoing, verify=False).data == data_837
    written = _best(lambda: write(envelope, outgoing, verify=False))
    verified = _best(lambda: write(envelope, outgoing), 2)
    whole = _best(lambda: read(data_835, checks=UP_TO_BALANCE), 4)
    values = {
        "835 read, SNIP 1-3 (× split)": read_835 / split_835,
        "835 read whole, every object kept, SNIP 1-3 (× split)": whole / split_835,
        "837P read, SNIP 1-5 (× split)": read_837 / split_837,
        "837P write (× split)": written / split_837,
        "835 streaming, peak memory (MB)": _peak_memory(data_835),
    }
    return {
        "claims": CLAIMS,
        "bytes": {"835": len(data_835), "837P": len(data_837)},
        "seconds": {
            "split 835": round(split_835, 4),
            "split 837P": round(split_837, 4),
            "835 read": round(read_835, 4),
            "835 read whole, all kept, SNIP 1-3": round(whole, 4),
            "837P read": round(read_837, 4),
            "837P write": round(written, 4),
            "837P write and read back": round(verified, 4),
        },
        "claims_per_second": {
            "835 read": round(CLAIMS / read_835),
            "837P read": round(CLAIMS / read_837),
            "837P write": round(CLAIMS / written),
        },
        "peers": _peers(data_835, data_837, split_835, split_837),
        "checks": {
            name: {"value": round(value, 1), "limit": LIMITS[name], "passed": value <= LIMITS[name]}
            for name, value in values.items()
        },
    }
