"""837: the levels of billing provider, subscriber and patient, and other payers."""

from __future__ import annotations

from typing import Final

from x12.guides.claims import (
    ADJUSTMENT_GROUPS,
    FILING,
    MEDICARE_SECONDARY,
    PATIENT_RELATIONSHIP,
    PAY_TO_PLAN,
    RELATIONSHIP,
    RESPONSIBILITY,
    demographics,
    level,
)
from x12.guides.common import (
    MOA,
    NO_NAME,
    REQUIRED_NAME,
    amt,
    cas,
    dtp,
    mia,
    name,
    per,
    ref,
    street,
    town,
)
from x12.guides.schema import Element, Loop, N, R, S, SegmentUse, loop, seg
from x12.model.claims import (
    BillingLevel,
    OtherPayer,
    PatientLevel,
    SubscriberLevel,
)
from x12.model.party import Party

_PATIENT_NAMES: Final = "first middle suffix"


def billing_level(kinds: str, tax_ids: str, subscriber: Loop) -> Loop:
    """2000A; an individual may also tell a UPIN or licence."""
    more = [ref("UPIN or licence", "S", 2, "0B 1G")] if "1" in kinds else []
    return loop(
        "2000A",
        "billing provider level",
        "R",
        0,
        level("20", "N", "1"),
        seg(
            "PRV", "billing provider's specialty", "S", 1, R("", "BI"), R("", "PXC"), R("taxonomy")
        ),
        seg("CUR", "foreign currency", "S", 1, R("", "85"), R("currency"), *[N] * 19),
        loop(
            "2010AA",
            "billing provider",
            "R",
            1,
            name(
                "billing provider",
                "R",
                1,
                "85",
                kinds,
                last=REQUIRED_NAME,
                person="first middle suffix" if "1" in kinds else "",
                ids="XX",
                id_usage="S",
            ),
            street("R"),
            town("R"),
            ref("tax identification", "R", 1, tax_ids),
            *more,
            per("billing provider's contact", "S", 2, "IC"),
            make=Party,
            into="provider",
        ),
        loop(
            "2010AB",
            "pay-to address",
            "S",
            1,
            name("pay-to address", "R", 1, "87", kinds, last=NO_NAME, person=""),
            street("R"),
            town("R"),
            make=Party,
            into="pay_to",
        ),
        PAY_TO_PLAN,
        subscriber,
        make=BillingLevel,
        into="billing",
        many=True,
    )


def _pat(usage: str, relationship: Element) -> SegmentUse:
    return seg(
        "PAT",
        "patient information",
        usage,
        1,
        relationship,
        N,
        N,
        N,
        S("", "D8"),
        S("death_date", kind="day"),
        S("", "01"),
        S("weight"),
        S("pregnant", "Y"),
    )


def _patient_level(claim: Loop, phone: list[SegmentUse], *, professional: bool) -> Loop:
    """2000C with 2010CA; in the 837I a patient has no PAT05 to 09."""
    return loop(
        "2000C",
        "patient level",
        "S",
        0,
        level("23", "R", "0"),
        _pat("R", R("relationship", PATIENT_RELATIONSHIP))
        if professional
        else seg("PAT", "patient information", "R", 1, R("relationship", PATIENT_RELATIONSHIP)),
        loop(
            "2010CA",
            "patient",
            "R",
            1,
            name("patient", "R", 1, "QC", "1", last=REQUIRED_NAME, person=_PATIENT_NAMES),
            street("R"),
            town("R"),
            demographics("R"),
            ref("property and casualty claim number", "S", 1, "Y4"),
            ref("patient's identification", "S", 1, "1W SY"),
            *phone,
            make=Party,
            into="patient",
        ),
        claim,
        make=PatientLevel,
        into="patients",
        many=True,
    )


def _subscriber(phone: list[SegmentUse], *, professional: bool) -> Loop:
    """2010BA."""
    return loop(
        "2010BA",
        "subscriber",
        "R",
        1,
        name(
            "subscriber",
            "R",
            1,
            "IL",
            last=REQUIRED_NAME,
            ids="II MI",
            id_usage="R" if professional else "S",
        ),
        street("S"),
        town("S"),
        demographics("S"),
        ref("social security number", "S", 1, "SY"),
        ref("property and casualty claim number", "S", 1, "Y4"),
        *phone,
        make=Party,
        into="subscriber",
    )


_PAYER: Final = loop(
    "2010BB",
    "payer",
    "R",
    1,
    name("payer", "R", 1, "PR", "2", last=REQUIRED_NAME, person="", ids="PI XV"),
    street("S"),
    town("S"),
    ref("payer's secondary identification", "S", 3, "2U EI FY NF"),
    ref("billing provider's number at the payer", "S", 2, "G2 LU"),
    make=Party,
    into="payer",
)


def subscriber_level(claim: Loop, *, professional: bool) -> Loop:
    """2000B with 2000C below it."""
    phone = [per("contact", "S", 1, "IC", "TE", "EX", "")] if professional else []
    patient_info = [_pat("S", N)] if professional else []
    return loop(
        "2000B",
        "subscriber level",
        "R",
        0,
        level("22", "R", "0 1"),
        seg(
            "SBR",
            "subscriber information",
            "R",
            1,
            R("responsibility", RESPONSIBILITY),
            S("relationship", "18"),
            S("group_number"),
            S("group_name"),
            S("insurance_type", MEDICARE_SECONDARY) if professional else N,
            N,
            N,
            N,
            S("filing_indicator", FILING),
        ),
        *patient_info,
        _subscriber(phone, professional=professional),
        _PAYER,
        claim,
        _patient_level(claim, phone, professional=professional),
        make=SubscriberLevel,
        into="subscribers",
        many=True,
    )


_OTHER_SUBSCRIBER: Final = loop(
    "2330A",
    "other subscriber's name",
    "R",
    1,
    name("other subscriber", "R", 1, "IL", last=REQUIRED_NAME, ids="II MI"),
    street("S"),
    town("S"),
    ref("social security number", "S", 2, "SY"),
    make=Party,
    into="subscriber",
)

_OTHER_PAYER: Final = loop(
    "2330B",
    "other payer's name",
    "R",
    1,
    name("other payer", "R", 1, "PR", "2", last=REQUIRED_NAME, person="", ids="PI XV"),
    street("S"),
    town("S"),
    dtp("claim check or remittance date", "S", 1, "573"),
    ref("secondary identification", "S", 2, "2U EI FY NF"),
    ref("prior authorization", "S", 1, "G1"),
    ref("referral", "S", 1, "9F"),
    ref("claim adjustment indicator", "S", 1, "T4"),
    ref("claim control number", "S", 1, "F8"),
    make=Party,
    into="payer",
)


def other_payer(providers: tuple[Loop, ...], *, inpatient: bool) -> Loop:
    """2320 with 2330A and on."""
    signature = N if inpatient else S("patient_signature", "P")
    return loop(
        "2320",
        "other subscriber",
        "S",
        10,
        seg(
            "SBR",
            "other subscriber information",
            "R",
            1,
            R("responsibility", RESPONSIBILITY),
            R("relationship", RELATIONSHIP),
            S("group_number"),
            S("group_name"),
            N if inpatient else S("insurance_type", MEDICARE_SECONDARY),
            N,
            N,
            N,
            S("filing_indicator", FILING),
        ),
        cas("claim level adjustment", "S", 5, ADJUSTMENT_GROUPS),
        amt("paid by the other payer", "S", 1, "D"),
        amt("remaining patient liability", "S", 1, "EAF"),
        amt("non-covered", "S", 1, "A8"),
        seg(
            "OI",
            "other insurance",
            "R",
            1,
            N,
            N,
            R("benefits_assigned", "N W Y"),
            signature,
            N,
            R("release", "I Y"),
        ),
        *([mia(outlier=False)] if inpatient else []),
        MOA,
        _OTHER_SUBSCRIBER,
        _OTHER_PAYER,
        *providers,
        make=OtherPayer,
        into="other_payers",
        many=True,
    )
