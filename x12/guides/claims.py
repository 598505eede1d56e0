"""What the two 837 guides share: everything around the claim, and the loops of other payers."""

from __future__ import annotations

from typing import Final

from x12.guides.common import (
    NO_NAME,
    REQUIRED_NAME,
    amt,
    cas,
    dtp,
    name,
    per,
    procedure,
    ref,
    street,
    town,
)
from x12.guides.schema import Element, Loop, N, R, S, SegmentUse, loop, seg
from x12.model.claims import (
    Drug,
    LinePayment,
    Repricing,
)
from x12.model.party import Party
from x12.model.values import Attachment, Contract, HealthCode, Note

RESPONSIBILITY: Final = "A B C D E F G H P S T U"
RELATIONSHIP: Final = "01 18 19 20 21 39 40 53 G8"
PATIENT_RELATIONSHIP: Final = "01 19 20 21 39 40 53 G8"
MEDICARE_SECONDARY: Final = "12 13 14 15 16 41 42 43 47"
FILING: Final = "11 12 13 14 15 16 17 AM BL CH CI DS FI HM LM MA MB MC OF TV VA WC ZZ"
ADJUSTMENT_GROUPS: Final = "CO CR OA PI PR"
REPORTS: Final = (
    "03 04 05 06 07 08 09 10 11 13 15 21 A3 A4 AM AS B2 B3 B4 BR BS BT CB CK CT D2 DA DB DG DJ DS "
    "EB HC HR I5 IR LA M1 MT NN OB OC OD OE OX OZ P4 P5 PE PN PO PQ PY PZ RB RR RT RX SG V5 XP"
)
DELAYS: Final = "1 2 3 4 5 6 7 8 9 10 11 15"
METHODOLOGIES: Final = "00 01 02 03 04 05 07 08 09 10 11 12 13 14"
SERVICE_CODES: Final = "ER HC IV WK"


def level(code: str, parent: str, children: str) -> SegmentUse:
    """HL: ``parent`` is R or N, ``children`` the codes that HL04 may have."""
    return seg(
        "HL",
        "hierarchical level",
        "R",
        1,
        R(),
        R() if parent == "R" else N,
        R("", code),
        R("", children) if children else N,
        shape="hl",
    )


def demographics(usage: str) -> SegmentUse:
    """DMG."""
    return seg(
        "DMG",
        "birth date and gender",
        usage,
        1,
        R("", "D8"),
        R("birth_date", kind="day"),
        R("gender", "F M U"),
        N,
        N,
        N,
        N,
        N,
        N,
        N,
        N,
    )


def specialty(title: str, role: str) -> SegmentUse:
    """PRV inside a provider's loop."""
    return seg("PRV", title, "S", 1, R("provider_role", role), R("", "PXC"), R("taxonomy"))


def _pwk(title: str, max: int, reports: str, ways: str) -> SegmentUse:  # noqa: A002
    return seg(
        "PWK",
        title,
        "S",
        max,
        R("report_type", reports),
        R("transmission", ways),
        N,
        N,
        S("control_qualifier", "AC"),
        S("control_number"),
        N,
        into="attachments",
        many=True,
        make=Attachment,
    )


PWK: Final = _pwk("attachment", 10, REPORTS, "AA BM EL EM FT FX")
PWK_CERTIFICATE: Final = _pwk("equipment certificate", 10, "CT", "AA AB AD AF AG BM EL EM FT FX NS")
CN1: Final = seg(
    "CN1",
    "contract",
    "S",
    1,
    R("type", "01 02 03 04 05 06 09"),
    S("amount"),
    S("percent"),
    S("code"),
    S("discount_percent"),
    S("version"),
    into="contract",
    make=Contract,
)
K3: Final = seg(
    "K3",
    "file information",
    "S",
    10,
    R("fixed_information"),
    shape="text",
    into="fixed_information",
    many=True,
)


def note(title: str, max: int, codes: str) -> SegmentUse:  # noqa: A002
    """NTE."""
    return seg(
        "NTE", title, "S", max, R("code", codes), R("text"), into="notes", many=True, make=Note
    )


def repricing(units: str, codes: str, *, revenue: bool = False, flat: bool = True) -> SegmentUse:
    """HCP; a claim's has no product, ``flat`` allows methodology 06."""
    product: list[Element] = (
        [N, N] if not codes else [S("product_qualifier", codes), S("procedure_code")]
    )
    quantity = [S("unit", units), S("quantity")] if units else [N, N]
    return seg(
        "HCP",
        "repricing",
        "S",
        1,
        R("methodology", f"{METHODOLOGIES} 06" if flat else METHODOLOGIES),
        R("allowed"),
        S("savings"),
        S("organization"),
        S("rate"),
        S("group_code"),
        S("group_amount"),
        S("revenue_code") if revenue else N,
        *product,
        *quantity,
        S("reject_reason", "T1 T2 T3 T4 T5 T6"),
        S("policy_compliance", "1 2 3 4 5"),
        S("exception", "1 2 3 4 5 6"),
        into="repricing",
        make=Repricing,
    )


def hi(
    title: str,
    usage: str,
    max: int,  # noqa: A002
    first: str,
    others: str = "",
    *,
    count: int = 1,
    dated: str = "",
    dated_usage: str = "S",
    amount: bool = False,
    present: bool = False,
) -> SegmentUse:
    """HI: ``first`` and ``others`` are the qualifiers, ``count`` how many codes it takes."""

    def code(used: str, qualifiers: str) -> Element:
        pick = R if used == "R" else S
        day = R if dated_usage == "R" else S
        return pick(
            "codes",
            of=(
                R("", qualifiers),
                R(),
                day("", dated) if dated else N,
                day() if dated else N,
                R() if amount else N,
                N,
                N,
                N,
                S("", "N U W Y") if present else N,
            ),
            kind="health",
        )

    elements = [code("R", first), *[code("S", others or first) for _ in range(count - 1)]]
    elements += [N] * (12 - count)
    return seg(
        "HI", title, usage, max, *elements, shape="hi", into="codes", many=True, make=HealthCode
    )


def provider_loop(
    id: str,  # noqa: A002
    title: str,
    into: str,
    entity: str,
    kinds: str,
    refs: str,
    *,
    max: int = 1,  # noqa: A002
    role: str = "",
    related: str = "",
    ref_max: int = 4,
    address: str = "",
    first: Element | None = None,
    person: str = "first middle suffix",
    phone: SegmentUse | None = None,
    ids: str = "XX",
) -> Loop:
    """A provider of a claim or a line."""
    children: list[SegmentUse | Loop] = [
        name(
            title,
            "R",
            1,
            entity,
            kinds,
            last=first or REQUIRED_NAME,
            person=person,
            ids=ids,
            id_usage="S",
        )
    ]
    if role:
        children.append(specialty(f"{title}'s specialty", role))
    if address:
        children += [street(address), town(address)]
    if refs:
        children.append(
            ref(f"{title}'s secondary identification", "S", ref_max, refs, related=related)
        )
    if phone is not None:
        children.append(phone)
    return loop(id, title, "S", max, *children, make=Party, into=into, many=into == "referring")


def other_provider(id: str, title: str, entity: str, kinds: str, refs: str, max: int = 1) -> Loop:  # noqa: A002  # noqa: A002
    """A provider's identifiers at another payer (2330C and on)."""
    return loop(
        id,
        title,
        "S",
        max,
        name(title, "R", 1, entity, kinds, last=NO_NAME, person=""),
        ref("secondary identification", "R", 3, refs),
        make=Party,
        into="providers",
        many=True,
    )


def submitter(*contact: str) -> Loop:
    """1000A."""
    return loop(
        "1000A",
        "submitter",
        "R",
        1,
        name("submitter", "R", 1, "41", last=REQUIRED_NAME, person="first middle", ids="46"),
        per("submitter contact", "R", 2, "IC", *contact),
        make=Party,
        into="submitter",
    )


RECEIVER: Final = loop(
    "1000B",
    "receiver",
    "R",
    1,
    name("receiver", "R", 1, "40", "2", last=REQUIRED_NAME, person="", ids="46"),
    make=Party,
    into="receiver",
)
PAY_TO_PLAN: Final = loop(
    "2010AC",
    "pay-to plan",
    "S",
    1,
    name("pay-to plan", "R", 1, "PE", "2", last=REQUIRED_NAME, person="", ids="PI XV"),
    street("R"),
    town("R"),
    ref("pay-to plan secondary identification", "S", 1, "2U FY NF"),
    ref("pay-to plan tax identification", "R", 1, "EI"),
    make=Party,
    into="pay_to_plan",
)
BHT: Final = seg(
    "BHT",
    "beginning of the batch",
    "R",
    1,
    R("", "0019"),
    R("purpose", "00 18"),
    R("reference"),
    R("created"),
    R("time"),
    R("type", "31 CH RP"),
)


def drug(qualifiers: str) -> Loop:
    """2410."""
    return loop(
        "2410",
        "drug",
        "S",
        1,
        seg("LIN", "drug", "R", 1, N, R("qualifier", qualifiers), R("ndc")),
        seg(
            "CTP",
            "drug quantity",
            "R",
            1,
            N,
            N,
            N,
            R("quantity"),
            R(of=(R("unit", "F2 GR ME ML UN"),)),
            N,
            N,
            N,
            N,
            N,
            N,
        ),
        ref("prescription or link number", "S", 1, "VY XZ"),
        make=Drug,
        into="drug",
    )


def line_payment(qualifiers: str, *, revenue: bool) -> Loop:
    """2430."""
    service = procedure("S" if revenue else "R", "procedure", qualifiers)
    return loop(
        "2430",
        "line adjudication",
        "S",
        15,
        seg(
            "SVD",
            "line adjudication",
            "R",
            1,
            R("payer_id"),
            R("paid"),
            service,
            R("revenue_code") if revenue else N,
            R("quantity"),
            S("bundled_line"),
        ),
        cas("line adjustment", "S", 5, ADJUSTMENT_GROUPS),
        dtp("line check or remittance date", "R", 1, "573"),
        amt("remaining patient liability", "S", 1, "EAF"),
        make=LinePayment,
        into="payments",
        many=True,
    )
