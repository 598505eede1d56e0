"""The invariants of denials, beside those of the books."""

from __future__ import annotations

from payments.queries.books import CHECKS, BookCheck

DENIAL_CHECKS = (
    BookCheck(
        "denials-opened",
        "Each refusal to pay in a payment that was posted to a claim has its case.",
        "SELECT count(*) FROM payments_adjustment a JOIN payments_remittanceclaim p"
        " ON p.id = a.remittance_claim_id AND p.claim_id IS NOT NULL"
        " WHERE p.state IN ('posted', 'resolved')"
        " AND a.treatment = 'denied' AND a.amount > 0 AND p.status_code <> '22'",
        """
        SELECT 'adjustment ' || a.id, a."group" || '-' || a.carc || ' of ' || a.amount
               || ' has no denial'
        FROM payments_adjustment a
        JOIN payments_remittanceclaim p
          ON p.id = a.remittance_claim_id AND p.claim_id IS NOT NULL
        WHERE p.state IN ('posted', 'resolved')
          AND a.treatment = 'denied' AND a.amount > 0 AND p.status_code <> '22'
          AND a.carc NOT IN ('1', '2', '3', '66', '122', '142', '178', '187', '241', '247', '248')
          AND NOT EXISTS (SELECT 1 FROM denials_denial d WHERE d.adjustment_id = a.id)
        """,
    ),
    BookCheck(
        "denials-match-their-adjustment",
        "A denial is what the payer said: its group, its reason, its amount, its claim.",
        "SELECT count(*) FROM denials_denial",
        """
        SELECT 'denial ' || d.id, 'differs from adjustment ' || a.id
        FROM denials_denial d
        JOIN payments_adjustment a ON a.id = d.adjustment_id
        JOIN payments_remittanceclaim p ON p.id = a.remittance_claim_id
        WHERE d.amount <> a.amount OR d.carc <> a.carc OR d."group" <> a."group"
           OR d.claim_id IS DISTINCT FROM p.claim_id OR d.payment_id <> p.id
        """,
    ),
    BookCheck(
        "open-denials-stand-in-their-queue",
        "A denial to be worked has an open work item, and no other has one.",
        "SELECT count(*) FROM denials_denial",
        """
        SELECT 'denial ' || d.id, d.state || ', work item ' || w.state
        FROM denials_denial d JOIN work_workitem w ON w.id = d.work_item_id
        WHERE (d.state = 'open') <> (w.state = 'open')
        """,
    ),
    BookCheck(
        "closed-denials-booked",
        "A denial written off or moved to the patient by hand has its entry.",
        "SELECT count(*) FROM denials_denial WHERE state IN ('written_off', 'moved_to_patient')",
        """
        SELECT 'denial ' || d.id, d.state || ' without an entry'
        FROM denials_denial d JOIN payments_adjustment a ON a.id = d.adjustment_id
        WHERE d.close_entry_id IS NULL
          AND (d.state = 'written_off'
               OR (d.state = 'moved_to_patient' AND a.treatment <> 'patient'))
        """,
    ),
    BookCheck(
        "recovered-denials-paid",
        "A recovered denial names the later payment that decided it.",
        "SELECT count(*) FROM denials_denial WHERE state IN ('recovered', 'upheld')",
        """
        SELECT 'denial ' || d.id, d.state || ' without a later payment of the claim'
        FROM denials_denial d
        LEFT JOIN payments_remittanceclaim p ON p.id = d.answered_by_id
        WHERE d.state IN ('recovered', 'upheld')
          AND (p.id IS NULL OR p.claim_id IS DISTINCT FROM d.claim_id OR p.id <= d.payment_id)
        """,
    ),
)

ALL_CHECKS = CHECKS + DENIAL_CHECKS
