"""The fuzzer's harness is sound: it passes what is right and sees what is not."""

from __future__ import annotations

import pytest

import x12
from tests.x12 import fuzz_read

SEEDS = fuzz_read.seeds()


@pytest.mark.parametrize("name", SEEDS)
def test_every_seed_passes_the_check(name):
    fuzz_read.check(SEEDS[name])


def test_check_sees_lost_bytes(monkeypatch):
    monkeypatch.setattr(x12.Document, "__bytes__", lambda self: b"")
    with pytest.raises(AssertionError, match="bytes were lost"):
        fuzz_read.check(SEEDS["835"])


def test_check_sees_an_exception(monkeypatch):
    monkeypatch.setattr(x12.Document, "transactions", property(lambda self: 1 / 0))
    with pytest.raises(ZeroDivisionError):
        fuzz_read.check(SEEDS["835"])


def test_corpus_and_dictionary_are_prepared(tmp_path):
    fuzz_read.prepare(tmp_path / "corpus")
    assert {p.name for p in (tmp_path / "corpus").iterdir()} == {f"seed-{n}" for n in SEEDS}
    words = (tmp_path / "dictionary").read_text().splitlines()
    assert '"~NM1*IL"' in words
    assert '"~SVC*"' in words
