"""835 files for tests, written segment by segment, so that a test can also break them.

Nothing of the product's own writer is used: what the product reads here, it did not write.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

ZERO = Decimal(0)


@dataclass
class Svc:
    """A service line; what was paid follows from charge and adjustments unless it is given."""

    code: str
    charge: str
    cas: Sequence[tuple[str, str, str]] = ()
    modifiers: Sequence[str] = ()
    control: str = ""
    submitted: str = ""
    remarks: Sequence[str] = ()
    date: str = ""
    paid: str | None = None

    @property
    def payment(self) -> Decimal:
        if self.paid is not None:
            return Decimal(self.paid)
        return Decimal(self.charge) - sum((Decimal(a) for _, _, a in self.cas), ZERO)

    def negated(self) -> Svc:
        return Svc(
            self.code,
            str(-Decimal(self.charge)),
            [(g, c, str(-Decimal(a))) for g, c, a in self.cas],
            self.modifiers,
            self.control,
            self.submitted,
            (),
            self.date,
            None if self.paid is None else str(-Decimal(self.paid)),
        )

    def segments(self) -> list[str]:
        codes = ":".join(["HC", self.code, *self.modifiers])
        svc = f"SVC*{codes}*{self.charge}*{self.payment}**1"
        if self.submitted:
            svc += f"*{':'.join(['HC', self.submitted, *self.modifiers])}"
        lines = [svc]
        if self.date:
            lines.append(f"DTM*472*{self.date}")
        lines += [f"CAS*{g}*{c}*{a}" for g, c, a in self.cas]
        if self.control:
            lines.append(f"REF*6R*{self.control}")
        lines += [f"LQ*HE*{remark}" for remark in self.remarks]
        return lines


@dataclass
class Clp:
    """A claim; charge and payment follow from the lines and adjustments unless given."""

    number: str
    lines: Sequence[Svc] = ()
    status: str = "1"
    cas: Sequence[tuple[str, str, str]] = ()
    icn: str = "ICN1"
    charge: str | None = None
    paid: str | None = None
    patient: tuple[str, str, str] = ("QUIST", "ADA", "W123")
    date: str = ""

    @property
    def total(self) -> Decimal:
        if self.charge is not None:
            return Decimal(self.charge)
        return sum((Decimal(line.charge) for line in self.lines), ZERO)

    @property
    def payment(self) -> Decimal:
        if self.paid is not None:
            return Decimal(self.paid)
        reduced = sum((Decimal(a) for _, _, a in self.cas), ZERO)
        reduced += sum((Decimal(a) for line in self.lines for _, _, a in line.cas), ZERO)
        return self.total - reduced

    @property
    def patient_owes(self) -> Decimal:
        every = [*self.cas, *(cas for line in self.lines for cas in line.cas)]
        return sum((Decimal(a) for g, _, a in every if g == "PR"), ZERO)

    def reversed(self) -> Clp:
        """The same claim taken back: CLP02 = 22, every amount negated."""
        return Clp(
            self.number,
            [line.negated() for line in self.lines],
            "22",
            [(g, c, str(-Decimal(a))) for g, c, a in self.cas],
            self.icn,
            None if self.charge is None else str(-Decimal(self.charge)),
            None if self.paid is None else str(-Decimal(self.paid)),
            self.patient,
            self.date,
        )

    def segments(self) -> list[str]:
        last, first, member = self.patient
        owes = self.patient_owes if self.patient_owes > 0 else ""
        found = [
            f"CLP*{self.number}*{self.status}*{self.total}*{self.payment}*{owes}*12*{self.icn}*11*1"
        ]
        found += [f"CAS*{g}*{c}*{a}" for g, c, a in self.cas]
        found.append(f"NM1*QC*1*{last}*{first}****MI*{member}")
        if self.date:
            found.append(f"DTM*232*{self.date}")
        for line in self.lines:
            found += line.segments()
        return found


@dataclass
class Era:
    """One payment (ST to SE)."""

    claims: Sequence[Clp] = ()
    plb: Sequence[tuple[str, str, str]] = ()
    trace: str = "EFT0001"
    payer_id: str = "1999999999"
    payer: str = "TEST HEALTH PLAN"
    amount: str | None = None
    day: str = "20261102"
    extra: Sequence[str] = field(default_factory=list)

    @property
    def payment(self) -> Decimal:
        if self.amount is not None:
            return Decimal(self.amount)
        paid = sum((claim.payment for claim in self.claims), ZERO)
        return paid - sum((Decimal(a) for _, _, a in self.plb), ZERO)

    def segments(self, number: str) -> list[str]:
        method = "ACH*CCP*01*999999992*DA*123456*1512345678**01*999988880*DA*98765"
        found = [
            f"ST*835*{number}",
            f"BPR*I*{self.payment}*C*{method}*{self.day}",
            f"TRN*1*{self.trace}*{self.payer_id}",
            f"DTM*405*{self.day}",
            f"N1*PR*{self.payer}",
            "N3*1 PLAN WAY",
            "N4*SPRINGFIELD*IL*627010001",
            "PER*BL*EDI DESK*TE*8005550100",
            "N1*PE*FIRSTPASS FAMILY CLINIC*XX*1234567893",
            "REF*TJ*371234567",
            *self.extra,
        ]
        if self.claims:
            found.append("LX*1")
        for claim in self.claims:
            found += claim.segments()
        found += [f"PLB*1234567893*20261231*{r}:{ref}*{a}" for r, ref, a in self.plb]
        found.append(f"SE*{len(found) + 1}*{number}")
        return found


def era_file(*eras: Era, control: int = 1) -> bytes:
    """The bytes of an interchange with these payments."""
    number = f"{control:09d}"
    segments = [
        (
            "ISA*00*          *00*          *ZZ*SANDBOX        *ZZ*FIRSTPASS      "
            f"*261102*0930*^*00501*{number}*0*T*:"
        ),
        f"GS*HP*SANDBOX*FIRSTPASS*20261102*0930*{control}*X*005010X221A1",
    ]
    for index, era in enumerate(eras, start=1):
        segments += era.segments(f"{index:04d}")
    segments += [f"GE*{len(eras)}*{control}", f"IEA*1*{number}"]
    return ("~\n".join(segments) + "~\n").encode()
