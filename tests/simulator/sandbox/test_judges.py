"""Files of the sandbox before independent judges: pyx12 (835, 999, 837) and oxedi (835)."""

from __future__ import annotations

import io
import json
import logging

import oxedi
import pytest
import pyx12.params
import pyx12.x12n_document

import x12
from simulator.sandbox.clearinghouse import Pace
from tests.simulator.sandbox.building import CHARGES, claim, file_of, line, member, row
from tests.simulator.sandbox.desk import Desk, Mail

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

MANY = [
    row(
        payer,
        claim(
            f"{payer}{n}-1",
            line("99213", "25"),
            line("87880", *modifiers),
            line("20610", *side),
            diagnoses=("J029", "M25561"),
        ),
        member(payer, ending),
    )
    for n, (ending, modifiers, side) in enumerate(
        [
            ("04", ("QW",), ("RT",)),
            ("10", (), ()),
            ("84", ("QW",), ("50",)),
            ("80", (), ("LT",)),
            ("82", ("QW",), ("RT",)),
            ("96", ("QW",), ("RT",)),
            ("99", (), ()),
        ]
    )
    for payer in ("SMED1", "SMCD1", "BEACN", "UNMUT")
]


def judged(content: bytes) -> list[str]:
    """What pyx12 has against a file, from its JSON report; its 999 is cut short for an 835."""
    logging.getLogger("pyx12").setLevel(logging.CRITICAL)
    report = io.StringIO()
    pyx12.x12n_document.x12n_document(
        pyx12.params.params(), io.StringIO(content.decode()), None, None, fd_json=report
    )
    found: list[str] = []
    transactions = 0
    for interchange in json.loads(report.getvalue())["interchanges"]:
        found += map(str, interchange["errors"])
        for group in interchange["groups"]:
            found += map(str, group["errors"])
            for transaction in group["transactions"]:
                transactions += 1
                found += map(str, [*transaction["errors"], *transaction["segments"]])
    assert transactions, "pyx12 saw no transaction"
    return found


@pytest.fixture(scope="module")
def mail() -> Mail:
    desk = Desk()
    found = desk.send_many(MANY)
    numbers = {
        account: claims[0].payer_control_number for account, claims in found.payments.items()
    }
    corrections = [
        row(
            item.subscriber.payer.id,
            claim(
                f"{account[:-2]}-2",
                line("99214", "25"),
                line("87880", "QW"),
                frequency=frequency,
                original=numbers[account],
            ),
            item.subscriber.subscriber.id,
        )
        for item, frequency in zip(MANY, ["7", "8", "7", "8"] * 7, strict=True)
        if (account := item.claim.patient_control_number) in numbers
        and item.subscriber.payer
        and item.subscriber.payer.id != "SMED1"
        and item.subscriber.subscriber
    ]
    found.files.update(desk.send_many(corrections).files)
    later = [row(p, claim(f"L{p}", line("99214")), member(p, "11")) for p in ("BEACN", "UNMUT")]
    found.files.update(desk.send_many(later).files)
    return found


def test_the_files_hold_every_kind_of_payment(mail):
    statuses = {c.status for claims in mail.payments.values() for c in claims}
    assert statuses == {"1", "4", "22"}
    reasons = {p.reason for r in mail.remittances for p in r.provider_adjustments}
    assert reasons >= {"WO", "FB"}


def test_pyx12_accepts_every_remittance(mail):
    files = {name: data for name, data in mail.files.items() if name.endswith(".835")}
    assert len(files) > 6
    assert {name: verdict for name, data in files.items() if (verdict := judged(data))} == {}


def test_pyx12_accepts_the_acknowledgement(mail):
    data = next(data for name, data in mail.files.items() if name.endswith(".999"))
    assert judged(data) == []


def test_pyx12_sees_what_is_wrong(mail):
    data = next(data for name, data in mail.files.items() if name.endswith(".835"))
    assert judged(data.replace(b"DTM*405", b"DTM*999"))


def test_pyx12_accepts_the_claims_that_the_tests_send():
    assert judged(file_of(MANY)) == []


def test_oxedi_finds_every_remittance_balanced_and_lossless(mail):
    for name, data in mail.files.items():
        if name.endswith(".835"):
            result = oxedi.parse(data)
            assert [str(d) for d in result.diagnostics] == [], name


def test_oxedi_finds_the_calendar_s_remittances_balanced():
    desk = Desk(pace=Pace.CALENDAR)
    codes = [code for code in CHARGES if code not in {"99396", "G0439"}]
    desk.send_many(
        [
            row(
                payer,
                claim(f"{payer}{n}", line("99215"), line(codes[n % len(codes)], "59")),
                member(payer, f"{n % 80:02d}"),
            )
            for n in range(60)
            for payer in ("SMED1", "SMCD1", "BEACN", "UNMUT")
        ]
    )
    mail = desk.pass_days(80)
    assert sum(len(list(r.claims)) for r in mail.remittances) > 200
    for name, data in mail.files.items():
        assert [str(d) for d in oxedi.parse(data).diagnostics] == [], name
        assert judged(data) == [], name


def test_everything_is_read_back_as_it_was_written(mail):
    for name, data in mail.files.items():
        assert bytes(x12.read(data, name=name)) == data
