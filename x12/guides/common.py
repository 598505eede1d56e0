"""Segments that many guides use in the same way."""

from __future__ import annotations

from typing import Final

from x12.guides.schema import Element, N, R, S, SegmentUse, seg
from x12.model.claims import Inpatient, Outpatient
from x12.model.values import Amount, Quantity, Reference, Remark

GROUPS: Final = "CO OA PI PR"
SIGNS: Final = "N Y"


def name(
    title: str,
    usage: str,
    max: int,  # noqa: A002
    entity: str,
    kinds: str = "1 2",
    *,
    last: Element | None = None,
    person: str = "first middle suffix",
    ids: str = "",
    id_usage: str = "R",
    into: str = "",
    make: type | None = None,
) -> SegmentUse:
    """NM1. ``person`` names the parts of a person's name that are used, ``ids`` the qualifiers."""
    used = person.split()
    pick = R if id_usage == "R" else S
    elements = [
        R("entity", entity),
        R("kind", kinds),
        S("name") if last is None else last,
        *(S(part) if part in used else N for part in ("first", "middle", "prefix", "suffix")),
    ]
    if ids:
        elements += [pick("id_qualifier", ids), pick("id")]
    else:
        elements += [N, N]
    elements += [N, N, N]
    return seg("NM1", title, usage, max, *elements, into=into, make=make)


REQUIRED_NAME: Final = R("name")
NO_NAME: Final = N


def street(usage: str) -> SegmentUse:
    """N3."""
    return seg("N3", "address", usage, 1, R("address1"), S("address2"))


def town(usage: str) -> SegmentUse:
    """N4."""
    return seg(
        "N4",
        "city, state, ZIP code",
        usage,
        1,
        R("city"),
        S("state"),
        S("postal_code"),
        S("country"),
        N,
        N,
        S("subdivision"),
    )


def ref(title: str, usage: str, max: int, codes: str, *, related: str = "") -> SegmentUse:  # noqa: A002
    """REF; ``related`` are the qualifiers of its composite, when the guide uses it."""
    elements = [R("qualifier", codes), R("value")]
    if related:
        elements += [N, S("related", of=(R("", related), R(), N, N, N, N), kind="texts")]
    else:
        elements += [N, N]
    return seg("REF", title, usage, max, *elements, into="references", many=True, make=Reference)


def dtp(title: str, usage: str, max: int, codes: str, formats: str = "D8") -> SegmentUse:  # noqa: A002
    """DTP."""
    return seg(
        "DTP",
        title,
        usage,
        max,
        R("qualifier", codes),
        R("format", formats),
        R("start"),
        shape="dtp",
        into="dates",
        many=True,
    )


def dtm(title: str, usage: str, max: int, codes: str) -> SegmentUse:  # noqa: A002
    """DTM, with a day in DTM02."""
    return seg(
        "DTM",
        title,
        usage,
        max,
        R("qualifier", codes),
        R("start", kind="day"),
        N,
        N,
        N,
        N,
        shape="dtm",
        into="dates",
        many=True,
    )


def amt(title: str, usage: str, max: int, codes: str) -> SegmentUse:  # noqa: A002
    """AMT."""
    return seg(
        "AMT",
        title,
        usage,
        max,
        R("qualifier", codes),
        R("amount"),
        N,
        into="amounts",
        many=True,
        make=Amount,
    )


def qty(title: str, usage: str, max: int, codes: str) -> SegmentUse:  # noqa: A002
    """QTY."""
    return seg(
        "QTY",
        title,
        usage,
        max,
        R("qualifier", codes),
        R("quantity"),
        N,
        N,
        into="quantities",
        many=True,
        make=Quantity,
    )


def cas(title: str, usage: str, max: int, groups: str = GROUPS) -> SegmentUse:  # noqa: A002
    """CAS, up to six adjustments of one group."""
    more = (S("reason"), S("amount"), S("quantity")) * 5
    return seg(
        "CAS",
        title,
        usage,
        max,
        R("group", groups),
        R("reason"),
        R("amount"),
        S("quantity"),
        *more,
        shape="cas",
        into="adjustments",
        many=True,
    )


def per(
    title: str,
    usage: str,
    max: int,  # noqa: A002
    functions: str,
    first: str = "EM FX TE",
    more: str = "EM EX FX TE",
    last: str | None = None,
    *,
    named: bool = True,
    required: bool = True,
) -> SegmentUse:
    """PER: up to three numbers, of the kinds ``first``, ``more`` and ``last`` (as ``more``)."""
    pick = R if required else S
    third = more if last is None else last
    return seg(
        "PER",
        title,
        usage,
        max,
        R("function", functions),
        S("name") if named else N,
        pick("number_qualifier", first),
        pick("number"),
        S("number_qualifier", more) if more else N,
        S("number") if more else N,
        S("number_qualifier", third) if third else N,
        S("number") if third else N,
        N,
        shape="per",
        into="contacts",
        many=True,
    )


def lq(title: str, usage: str, max: int, codes: str) -> SegmentUse:  # noqa: A002
    """LQ as a remark."""
    return seg(
        "LQ",
        title,
        usage,
        max,
        R("qualifier", codes),
        R("code"),
        into="remarks",
        many=True,
        make=Remark,
    )


def procedure(
    usage: str, field: str, qualifiers: str, *, described: bool = True, ranged: bool = False
) -> Element:
    """A procedure composite (C003); ``ranged`` when it may have an end code."""
    pick = R if usage == "R" else S
    parts = (
        R("qualifier", qualifiers),
        R("code"),
        S("modifier"),
        S("modifier"),
        S("modifier"),
        S("modifier"),
        S("description") if described else N,
        S("end_code") if ranged else N,
    )
    return pick(field, of=parts, kind="procedure")


MOA: Final = seg(
    "MOA",
    "outpatient adjudication",
    "S",
    1,
    S("reimbursement_rate"),
    S("hcpcs_payable"),
    S("remarks"),
    S("remarks"),
    S("remarks"),
    S("remarks"),
    S("remarks"),
    S("esrd_payment"),
    S("nonpayable_professional"),
    into="outpatient",
    make=Outpatient,
)


def mia(*, outlier: bool = True) -> SegmentUse:
    """MIA."""
    return seg(
        "MIA",
        "inpatient adjudication",
        "S",
        1,
        R("covered_days"),
        S("pps_outlier") if outlier else N,
        S("lifetime_days"),
        S("drg_amount"),
        S("remark"),
        S("disproportionate_share"),
        S("msp_pass_through"),
        S("pps_capital"),
        S("capital_fsp_drg"),
        S("capital_hsp_drg"),
        S("capital_dsh_drg"),
        S("old_capital"),
        S("indirect_teaching"),
        S("hospital_specific_drg"),
        S("cost_report_days"),
        S("federal_specific_drg"),
        S("capital_outlier"),
        S("capital_indirect_teaching"),
        S("nonpayable_professional"),
        S("remarks"),
        S("remarks"),
        S("remarks"),
        S("remarks"),
        S("capital_exception"),
        into="inpatient",
        make=Inpatient,
    )
