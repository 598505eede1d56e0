"""Single defects planted in valid files: each is caught at its level, its segment and its element."""

from __future__ import annotations

import re

import pytest

import x12
from tests.x12_samples import build
from x12 import Snip

VALID = {kind: make() for kind, make in build.EVERYTHING.items()}

CODES = x12.Checks(
    levels=frozenset(Snip),
    icd10=lambda code, day: code in {"J069", "E119"},
    hcpcs=lambda code, day: code in {"99213", "J1885", "36415"},
    modifier=lambda code, day: code in {"25"},
    taxonomy=lambda code, day: code == "207Q00000X",
    carc=lambda code, day: code in {"45", "16", "2", "3", "1"},
    rarc=lambda code, day: code in {"N130", "MA130", "MA18", "N89"},
    revenue=lambda code, day: code in {"0120", "0481"},
)

# (name, transaction, regular expression, replacement, how many matches to pass over,
#  level, error code, element, what the file holds from the segment of the error on)
MUTANTS = [
    # SNIP 1: integrity
    ("se-count", "837P", r"SE\*\d+\*", "SE*7*", 0, 1, "segment-count", "SE01", "SE*"),
    (
        "se-control",
        "837P",
        r"(SE\*\d+\*)0001",
        r"\g<1>0002",
        0,
        1,
        "transaction-control",
        "SE02",
        "SE*",
    ),
    ("ge-count", "837P", r"GE\*1\*", "GE*2*", 0, 1, "group-count", "GE01", "GE*"),
    ("ge-control", "837P", r"GE\*1\*17", "GE*1*18", 0, 1, "group-control", "GE02", "GE*"),
    ("iea-count", "835", r"IEA\*1\*", "IEA*3*", 0, 1, "interchange-count", "IEA01", "IEA*"),
    (
        "iea-control",
        "835",
        r"IEA\*1\*000000017",
        "IEA*1*000000018",
        0,
        1,
        "interchange-control",
        "IEA02",
        "IEA*",
    ),
    ("isa-date", "835", r"\*260105\*", "*261305*", 0, 1, "isa-value", "ISA09", "ISA*"),
    ("isa-usage", "835", r"\*T\*:", "*X*:", 0, 1, "isa-value", "ISA15", "ISA*"),
    ("gs-kind", "835", r"GS\*HP", "GS*HC", 0, 1, "functional-id", "GS01", "GS*"),
    ("hl-number", "837P", r"HL\*2\*1", "HL*9*1", 0, 1, "hl-number", "HL01", "HL*9"),
    ("hl-parent", "837P", r"HL\*3\*1\*22", "HL*3*2*22", 0, 1, "hl-parent", "HL02", "HL*3"),
    ("hl-no-child", "837P", r"HL\*3\*1\*22\*1", "HL*3*1*22*0", 0, 1, "hl-child", "HL04", "HL*3"),
    (
        "hl-child-announced",
        "837P",
        r"HL\*2\*1\*22\*0",
        "HL*2*1*22*1",
        0,
        1,
        "hl-child",
        "HL04",
        "HL*2",
    ),
    (
        "no-se",
        "271",
        r"SE\*\d+\*0001~",
        "",
        0,
        1,
        "transaction-trailer",
        "",
        "DMG*D8*19800201*F~GE*",
    ),
    ("no-ge", "271", r"GE\*1\*17~", "", 0, 1, "group-trailer", "", "IEA*1"),
    ("no-iea", "271", r"IEA\*1\*000000017~", "", 0, 1, "interchange-trailer", "", "GE*1*17"),
    # SNIP 2: the guide
    (
        "clm-missing-charge",
        "837P",
        r"CLM\*ACCT1\*125",
        "CLM*ACCT1*",
        0,
        2,
        "element-missing",
        "CLM02",
        "CLM*ACCT1",
    ),
    (
        "clm-charge-text",
        "837P",
        r"CLM\*ACCT1\*125",
        "CLM*ACCT1*12O",
        0,
        2,
        "not-a-number",
        "CLM02",
        "CLM*ACCT1",
    ),
    (
        "clm-signature-code",
        "837P",
        r"11:B:1\*Y\*A",
        "11:B:1*X*A",
        0,
        2,
        "invalid-code",
        "CLM06",
        "CLM*ACCT1",
    ),
    (
        "clm-frequency-missing",
        "837P",
        r"11:B:1\*",
        "11:B*",
        0,
        2,
        "element-missing",
        "CLM05-3",
        "CLM*ACCT1",
    ),
    (
        "clm-too-long",
        "837P",
        r"CLM\*ACCT1\*",
        f"CLM*{'9' * 39}*",
        0,
        2,
        "too-long",
        "CLM01",
        "CLM*999",
    ),
    (
        "clm-not-used",
        "837P",
        r"CLM\*ACCT1\*125\*\*",
        "CLM*ACCT1*125*X*",
        0,
        2,
        "not-used",
        "CLM03",
        "CLM*ACCT1",
    ),
    ("hi-missing", "837P", r"HI\*ABK:J069~", "", 0, 2, "segment-missing", "", "CLM*ACCT1"),
    (
        "n3-missing",
        "837P",
        r"N3\*22 CLINIC WAY\*SUITE 100~",
        "",
        0,
        2,
        "segment-missing",
        "",
        "NM1*85",
    ),
    ("tax-id-missing", "837P", r"REF\*EI\*371234567~", "", 0, 2, "segment-missing", "", "NM1*85"),
    ("payer-missing", "837P", r"NM1\*PR\*2\*SYNTH[^~]*~", "", 0, 2, "loop-missing", "", "HL*2"),
    (
        "submitter-missing",
        "837P",
        r"NM1\*41[^~]*~PER\*IC\*EDI[^~]*~",
        "",
        0,
        2,
        "loop-missing",
        "",
        "ST*",
    ),
    ("rendering-twice", "837P", r"(NM1\*82[^~]*~)", r"\1\1", 0, 2, "loop-too-often", "", "NM1*82"),
    ("dmg-twice", "837P", r"(DMG[^~]*~)", r"\1\1", 0, 2, "segment-too-often", "", "DMG*"),
    (
        "dmg-bad-date",
        "837P",
        r"DMG\*D8\*19800201",
        "DMG*D8*19800231",
        0,
        2,
        "invalid-date",
        "DMG02",
        "DMG*",
    ),
    (
        "dtp-bad-date",
        "837P",
        r"DTP\*472\*D8\*20260102",
        "DTP*472*D8*20261302",
        0,
        2,
        "invalid-date",
        "DTP03",
        "DTP*472",
    ),
    (
        "dtp-range-backwards",
        "837P",
        r"RD8\*20260102-20260103",
        "RD8*20260105-20260103",
        0,
        2,
        "invalid-date",
        "DTP03",
        "DTP*472*RD8",
    ),
    ("dtp-format", "837P", r"DTP\*472\*D8", "DTP*472*D9", 0, 2, "invalid-code", "DTP02", "DTP*472"),
    (
        "date-qualifier",
        "837P",
        r"DTP\*472\*D8",
        "DTP*999*D8",
        0,
        2,
        "invalid-code",
        "DTP01",
        "DTP*999",
    ),
    (
        "n4-before-n3",
        "837P",
        r"(N3\*22[^~]*~)(N4[^~]*~)",
        r"\2\1",
        0,
        2,
        "segment-order",
        "",
        "N3*",
    ),
    ("unknown-segment", "837P", r"(HI\*ABK:J069~)", r"\1ZZ*1~", 0, 2, "segment-unknown", "", "ZZ*"),
    (
        "unexpected-segment",
        "837P",
        r"(HI\*ABK:J069~)",
        r"\1SVD*1*2~",
        0,
        2,
        "segment-unexpected",
        "",
        "SVD*",
    ),
    (
        "unknown-name-loop",
        "837P",
        r"NM1\*82\*",
        "NM1*QQ*",
        0,
        2,
        "segment-unexpected",
        "",
        "NM1*QQ",
    ),
    (
        "unknown-reference",
        "837P",
        r"REF\*6R\*L1",
        "REF*QQ*L1",
        0,
        2,
        "invalid-code",
        "REF01",
        "REF*QQ",
    ),
    ("too-many-elements", "837P", r"LX\*1~", "LX*1*2~", 0, 2, "too-many-elements", "LX02", "LX*"),
    (
        "too-many-modifiers",
        "837P",
        r"HC:99213:25\*",
        "HC:99213:25:59:76:77:X:Y:1*",
        0,
        2,
        "too-many-components",
        "SV101-9",
        "SV1*",
    ),
    (
        "modifier-too-short",
        "837P",
        r"HC:99213:25\*",
        "HC:99213:2*",
        0,
        2,
        "too-short",
        "SV101-3",
        "SV1*",
    ),
    ("unit-code", "837P", r"\*UN\*1\*", "*XX*1*", 0, 2, "invalid-code", "SV103", "SV1*"),
    (
        "pair-incomplete",
        "837P",
        r"NM1\*IL\*1\*SAMPLE\*ANNA\*B\*\*\*MI\*W123456789",
        "NM1*IL*1*SAMPLE*ANNA*B***MI",
        0,
        2,
        "element-missing",
        "NM109",
        "NM1*IL",
    ),
    (
        "per-pair",
        "837P",
        r"TE\*2175550100\*EX\*12",
        "TE*2175550100*EX",
        0,
        2,
        "pair-incomplete",
        "PER06",
        "PER*IC*DESK",
    ),
    (
        "odd-character",
        "837P",
        r"SAMPLE\*ANNA",
        "SAMPLÉ*ANNA",
        0,
        2,
        "invalid-character",
        "NM103",
        "NM1*IL",
    ),
    (
        "fifty-one-lines",
        "837P",
        r"(LX\*1~SV1[^~]*~DTP\*472[^~]*~REF[^~]*~)",
        r"\1" * 51,
        0,
        2,
        "loop-too-often",
        "",
        "LX*",
    ),
    ("bpr-code", "835", r"BPR\*I", "BPR*Z", 0, 2, "invalid-code", "BPR01", "BPR*"),
    (
        "clp-status",
        "835",
        r"CLP\*ACCT1\*1",
        "CLP*ACCT1*9",
        0,
        2,
        "invalid-code",
        "CLP02",
        "CLP*ACCT1",
    ),
    (
        "cas-group",
        "835",
        r"CAS\*CO\*45\*45",
        "CAS*CR*45*45",
        0,
        2,
        "invalid-code",
        "CAS01",
        "CAS*CR",
    ),
    (
        "cas-amount",
        "835",
        r"CAS\*CO\*45\*45",
        "CAS*CO*45*4S",
        0,
        2,
        "not-a-number",
        "CAS03",
        "CAS*",
    ),
    ("plb-reason", "835", r"WO:RECOUP1", "QQ:RECOUP1", 0, 2, "invalid-code", "PLB03-1", "PLB*"),
    (
        "plb-without-amount",
        "835",
        r"L6:INT\*-1.21",
        "L6:INT*-1.21*72:X",
        0,
        2,
        "pair-incomplete",
        "PLB08",
        "PLB*",
    ),
    (
        "plb-without-reason",
        "835",
        r"L6:INT\*-1.21",
        "L6:INT*-1.21**5",
        0,
        2,
        "pair-incomplete",
        "PLB07",
        "PLB*",
    ),
    ("clp-without-lx", "835", r"LX\*1~", "", 0, 2, "segment-missing", "", "CLP*ACCT1"),
    ("patient-missing", "835", r"NM1\*QC[^~]*~", "", 0, 2, "segment-missing", "", "CLP*ACCT1"),
    (
        "svc-procedure",
        "835",
        r"SVC\*HC:99213",
        "SVC*HC",
        0,
        2,
        "element-missing",
        "SVC01-2",
        "SVC*HC*",
    ),
    ("eb-code", "271", r"EB\*1\*IND", "EB*9*IND", 0, 2, "invalid-code", "EB01", "EB*9"),
    ("eq-element", "270", r"EQ\*30", "EQ*300", 0, 2, "too-long", "EQ01", "EQ*300"),
    ("bht-purpose", "270", r"BHT\*0022\*13", "BHT*0022*99", 0, 2, "invalid-code", "BHT02", "BHT*"),
    ("stc-missing", "277CA", r"STC\*A2:20[^~]*~", "", 0, 2, "segment-missing", "", "TRN*2*ACCT1"),
    ("stc-action", "277CA", r"\*WQ\*125", "*QQ*125", 0, 2, "invalid-code", "STC03", "STC*A2"),
    ("stc-category", "277", r"STC\*F1:65:?", "STC*:65", 0, 2, "element-missing", "STC01-1", "STC*"),
    ("trn-missing", "276", r"TRN\*1\*ACCT1~", "", 0, 2, "segment-unexpected", "", "REF*1K"),
    ("ik5-code", "999", r"IK5\*A", "IK5*Q", 0, 2, "invalid-code", "IK501", "IK5*Q"),
    ("ak9-missing", "999", r"AK9[^~]*~", "", 0, 2, "segment-missing", "", "ST*"),
    ("cl1-missing", "837I", r"CL1[^~]*~", "", 0, 2, "segment-missing", "", "CLM*INST1"),
    ("revenue-missing", "837I", r"SV2\*0120", "SV2*", 0, 2, "element-missing", "SV201", "SV2*"),
    # SNIP 3: sums
    (
        "claim-total",
        "837P",
        r"CLM\*ACCT1\*125",
        "CLM*ACCT1*126",
        0,
        3,
        "claim-total",
        "CLM02",
        "CLM*ACCT1",
    ),
    (
        "claim-total-i",
        "837I",
        r"CLM\*INST1\*1500.25",
        "CLM*INST1*1500.26",
        0,
        3,
        "claim-total",
        "CLM02",
        "CLM*INST1",
    ),
    (
        "other-payer",
        "837P",
        r"AMT\*D\*200",
        "AMT*D*201",
        0,
        3,
        "other-payer-balance",
        "AMT02",
        "AMT*D*201",
    ),
    (
        "line-payment",
        "837P",
        r"SVD\*OTH01\*100\*HC:J1885",
        "SVD*OTH01*101*HC:J1885",
        0,
        3,
        "line-payment-balance",
        "SVD02",
        "SVD*OTH01*101",
    ),
    ("era-line", "835", r"CAS\*CO\*45\*45", "CAS*CO*45*44", 0, 3, "line-balance", "SVC03", "SVC*"),
    (
        "era-claim",
        "835",
        r"CLP\*ACCT1\*1\*125\*80",
        "CLP*ACCT1*1*125*81",
        0,
        3,
        "claim-balance",
        "CLP04",
        "CLP*ACCT1",
    ),
    (
        "era-payment",
        "835",
        r"BPR\*I\*163\.96",
        "BPR*I*163.97",
        0,
        3,
        "transaction-balance",
        "BPR02",
        "BPR*",
    ),
    (
        "era-plb",
        "835",
        r"L6:INT\*-1.21",
        "L6:INT*1.21",
        0,
        3,
        "transaction-balance",
        "BPR02",
        "BPR*",
    ),
    ("ca-count", "277CA", r"QTY\*AA\*1", "QTY*AA*2", 0, 3, "ack-count", "QTY02", "QTY*90*1"),
    ("ca-total", "277CA", r"AMT\*YY\*125", "AMT*YY*126", 0, 3, "ack-total", "AMT02", "AMT*YU*125"),
    ("ack-received", "999", r"AK9\*P\*2\*2", "AK9*P*2*3", 0, 3, "ack-count", "AK903", "AK9*P*2*3"),
    # SNIP 4: situations
    (
        "no-original-reference",
        "837P",
        r"REF\*F8\*PCN1~",
        "",
        0,
        4,
        "original-reference",
        "",
        "CLM*RICH1",
    ),
    (
        "pointer",
        "837P",
        r"\*UN\*1\*\*\*1~",
        "*UN*1***2~",
        0,
        4,
        "pointer",
        "SV107-1",
        "SV1*HC:99213:25*125",
    ),
    ("line-number", "837P", r"LX\*1~", "LX*2~", 0, 4, "line-number", "LX01", "LX*2"),
    ("accident-date", "837P", r"DTP\*439[^~]*~", "", 0, 4, "accident-date", "", "CLM*RICH1"),
    ("accident-state", "837P", r"AA:::IL", "AA", 0, 4, "accident-state", "CLM11-4", "CLM*RICH1"),
    (
        "zero-cas",
        "837P",
        r"CAS\*CO\*45\*10\.5\d?",
        "CAS*CO*45*10.50**23*0",
        0,
        4,
        "zero-adjustment",
        "CAS06",
        "CAS*CO*45*10.50**23*0",
    ),
    (
        "unknown-payer",
        "837P",
        r"SVD\*OTH01\*100\*HC:J1885",
        "SVD*OTH02*100*HC:J1885",
        0,
        4,
        "unknown-payer",
        "SVD01",
        "SVD*OTH02",
    ),
    (
        "self-with-patient",
        "837P",
        r"SBR\*P\*\*GRP1",
        "SBR*P*18*GRP1",
        0,
        4,
        "patient-level",
        "SBR02",
        "SBR*P*18*GRP1",
    ),
    (
        "not-self-without-patient",
        "837P",
        r"SBR\*P\*18\*GRP1",
        "SBR*P**GRP1",
        0,
        4,
        "patient-level",
        "SBR02",
        "SBR*P**GRP1",
    ),
    (
        "medicare-secondary",
        "837P",
        r"\*\*12\*\*\*\*MB",
        "******MB",
        0,
        4,
        "medicare-secondary",
        "SBR05",
        "SBR*S*18*GRP1******MB",
    ),
    (
        "responsibility-twice",
        "837P",
        r"SBR\*P\*18\*OG1",
        "SBR*S*18*OG1",
        0,
        4,
        "responsibility-twice",
        "SBR01",
        "SBR*S*18*OG1",
    ),
    (
        "secondary-without-primary",
        "837P",
        r"SBR\*P\*18\*GRP1",
        "SBR*S*18*GRP1",
        0,
        4,
        "other-payer",
        "",
        "CLM*ACCT1",
    ),
    (
        "zip-plus-4",
        "837P",
        r"627010001",
        "62701",
        0,
        4,
        "zip-plus-4",
        "N403",
        "N4*SPRINGFIELD*IL*62701~",
    ),
    ("birth-date", "837P", r"DMG\*D8\*19800201\*F~", "", 0, 4, "patient-birth-date", "", "NM1*IL"),
    # SNIP 5: code sets and check digits
    ("npi", "837P", r"1245319599", "1245319598", 0, 5, "npi", "NM109", "NM1*82"),
    ("npi-billing", "837P", r"1234567893", "1234567890", 0, 5, "npi", "NM109", "NM1*85"),
    ("npi-asking", "270", r"1245319599", "1245319598", 0, 5, "npi", "NM109", "NM1*1P"),
    (
        "npi-asking-status",
        "276",
        r"(NM1\*1P\*[^~]*XX\*)\d+",
        r"\g<1>1234567890",
        0,
        5,
        "npi",
        "NM109",
        "NM1*1P",
    ),
    (
        "diagnosis-point",
        "837P",
        r"ABF:E119",
        "ABF:E11.9",
        0,
        5,
        "decimal-point",
        "HI02-2",
        "HI*ABK:J069*ABF:E11.9",
    ),
    (
        "ndc-hyphens",
        "837P",
        r"N4\*00409379501",
        "N4*00409-3795-01",
        0,
        5,
        "ndc",
        "LIN03",
        "LIN**N4*00409-3795-01",
    ),
    (
        "place-of-service",
        "837P",
        r"11:B:1",
        "98:B:1",
        0,
        5,
        "place-of-service",
        "CLM05-1",
        "CLM*ACCT1",
    ),
    (
        "state",
        "837P",
        r"SPRINGFIELD\*IL\*62704",
        "SPRINGFIELD*XX*62704",
        0,
        5,
        "state",
        "N402",
        "N4*SPRINGFIELD*XX*62704",
    ),
    ("diagnosis", "837P", r"ABK:J069", "ABK:J06X", 0, 5, "code-set", "HI01-2", "HI*ABK:J06X"),
    (
        "procedure",
        "837P",
        r"HC:99213:25",
        "HC:99999:25",
        0,
        5,
        "code-set",
        "SV101-2",
        "SV1*HC:99999:25",
    ),
    (
        "modifier",
        "837P",
        r"HC:99213:25",
        "HC:99213:Q9",
        0,
        5,
        "code-set",
        "SV101-3",
        "SV1*HC:99213:Q9",
    ),
    (
        "taxonomy",
        "837P",
        r"PRV\*BI\*PXC\*207Q00000X",
        "PRV*BI*PXC*2079999999",
        0,
        5,
        "code-set",
        "PRV03",
        "PRV*BI*PXC*2079999999",
    ),
    ("revenue", "837I", r"SV2\*0481", "SV2*0999", 0, 5, "code-set", "SV201", "SV2*0999"),
    (
        "carc",
        "835",
        r"CAS\*CO\*45\*45",
        "CAS*CO*999*45",
        0,
        5,
        "code-set",
        "CAS02",
        "CAS*CO*999*45",
    ),
    ("rarc", "835", r"LQ\*HE\*N130", "LQ*HE*N999", 0, 5, "code-set", "LQ02", "LQ*HE*N999"),
    ("payee-npi", "835", r"XX\*1234567893", "XX*1234567890", 0, 5, "npi", "N104", "N1*PE"),
]


def mutate(kind: str, pattern: str, replacement: str) -> tuple[bytes, list[str]]:
    text = build.data(VALID[kind]).decode()
    changed, count = re.subn(pattern, replacement, text, count=1)
    assert count == 1, f"{pattern} is not in the {kind}"
    assert changed != text
    return changed.encode(), changed.split("~")


def test_there_are_enough_mutants():
    assert len(MUTANTS) >= 40
    assert {m[5] for m in MUTANTS} == {1, 2, 3, 4, 5}
    assert {m[1] for m in MUTANTS} == set(build.EVERYTHING)


@pytest.mark.parametrize("kind", build.EVERYTHING)
def test_unmutated_files_are_without_error(kind):
    assert x12.read(build.data(VALID[kind]), checks=x12.Checks(strict=True)).errors == []


@pytest.mark.parametrize("mutant", [pytest.param(m, id=m[0]) for m in MUTANTS])
def test_mutant_is_caught_at_its_level_and_place(mutant):
    _, kind, pattern, replacement, _, level, code, element, start = mutant
    data, segments = mutate(kind, pattern, replacement)
    document = x12.read(data, checks=CODES)
    found = [e for e in document.errors if e.code == code and e.element == element]
    assert found, [str(e) for e in document.errors]
    error = found[0]
    assert error.level == level
    assert error.message
    assert "~".join(segments[error.segment - 1 :]).startswith(start)
    if element:
        assert segments[error.segment - 1].startswith(f"{error.segment_id}*")
        assert element.startswith(error.segment_id)
    assert bytes(document) == data


LOOPS = {
    "hl-parent": "2000A/2000B",
    "clm-missing-charge": "2000A/2000B/2300",
    "hi-missing": "2000A/2000B/2300",
    "tax-id-missing": "2000A/2010AA",
    "payer-missing": "2000A/2000B/2010BB",
    "dmg-bad-date": "2000A/2000B/2010BA",
    "dtp-bad-date": "2000A/2000B/2300/2400",
    "cas-group": "2000/2100/2110",
    "eb-code": "2000A/2000B/2000C/2110C",
    "claim-total": "2000A/2000B/2300",
    "other-payer": "2000A/2000B/2300/2320",
    "line-payment": "2000A/2000B/2300/2400/2430",
    "era-line": "2000/2100/2110",
    "era-claim": "2000/2100",
    "era-payment": "ST",
    "ca-total": "2000A/2000B",
    "no-original-reference": "2000A/2000B/2300",
    "pointer": "2000A/2000B/2300/2400",
    "zero-cas": "2000A/2000B/2300/2320",
    "unknown-payer": "2000A/2000B/2300/2400/2430",
    "self-with-patient": "2000A/2000B",
    "zip-plus-4": "2000A/2010AA",
    "npi": "2000A/2000B/2300/2310B",
    "npi-billing": "2000A/2010AA",
    "state": "2000A/2000B/2010BA",
    "diagnosis": "2000A/2000B/2300",
    "procedure": "2000A/2000B/2300/2400",
    "taxonomy": "2000A",
    "rarc": "2000/2100/2110",
    "carc": "2000/2100/2110",
    "payee-npi": "1000B",
    "submitter-missing": "1000A",
}


@pytest.mark.parametrize("name", LOOPS)
def test_mutant_is_in_its_loop(name):
    (mutant,) = (m for m in MUTANTS if m[0] == name)
    _, kind, pattern, replacement, _, _, code, element, _ = mutant
    data, _ = mutate(kind, pattern, replacement)
    found = x12.read(data, checks=CODES).errors
    assert LOOPS[name] in {e.loop for e in found if (e.code, e.element) == (code, element)}


@pytest.mark.parametrize("mutant", [pytest.param(m, id=m[0]) for m in MUTANTS if m[5] > 1])
@pytest.mark.parametrize(
    "ahead", [pytest.param(3, id="short"), pytest.param(5000, id="long", marks=pytest.mark.slow)]
)
def test_mutant_has_the_same_place_in_a_stream_of_small_blocks(mutant, ahead, monkeypatch):
    """What a rule means is found again although the text of the claim has passed already."""
    _, kind, pattern, replacement, *_ = mutant
    data, _ = mutate(kind, pattern, replacement)
    (group,) = (m.start() for m in re.finditer(rb"(?<=~)GS\*", data))
    data = data[:group] + b"TA1*000000001*260105*0930*A*000~" * ahead + data[group:]
    expected = [(e.segment, e.element, e.loop) for e in x12.read(data, checks=CODES).errors]
    monkeypatch.setattr("x12.reading.tokens.BLOCK", 4096)
    claims = x12.stream(data, checks=CODES)
    errors = [e for item in claims for e in item.errors] + claims.document.errors
    assert sorted((e.segment, e.element, e.loop) for e in errors) == sorted(expected)


@pytest.mark.parametrize("mutant", [pytest.param(m, id=m[0]) for m in MUTANTS if m[5] > 1])
def test_mutant_makes_no_noise_at_lower_levels(mutant):
    _, kind, pattern, replacement, _, level, _, _, _ = mutant
    data, _ = mutate(kind, pattern, replacement)
    found = x12.read(data, checks=CODES).errors
    # One defect may upset a sum or a count above it, never the syntax below its own level.
    removed = replacement == "" or len(replacement) > 60 or r"\1" in replacement
    lower = [
        e for e in found if e.level < min(level, 3) and not (removed and e.code == "segment-count")
    ]
    assert lower == [], [str(e) for e in lower]


def test_payer_rules_are_level_seven():
    from x12.rules.problems import Problem

    def no_place_11(row):
        if row.claim.facility_code != "11":
            return []
        return [
            Problem(
                "payer-pos",
                Snip.PAYER,
                "This payer does not pay office visits.",
                segment=row.claim.position,
                segment_id="CLM",
                element="CLM05-1",
            )
        ]

    checks = x12.Checks(levels=frozenset(Snip), payer_rules=[no_place_11])
    errors = x12.read(build.data(VALID["837P"]), checks=checks).errors
    assert {(e.code, e.level) for e in errors} == {("payer-pos", 7)}
    assert [e.claim for e in errors] == ["ACCT1", "ACCT2", "ACCT3", "RICH1"]


def test_levels_that_are_not_asked_for_are_silent():
    data, _ = mutate("835", r"CAS\*CO\*45\*45", "CAS*CO*45*44")
    assert x12.read(data, checks=x12.SYNTAX_ONLY).errors == []
    assert x12.read(data, checks=x12.UP_TO_BALANCE).errors != []
