"""The invariants of the books, each as one query that finds what breaks it.

Caches, states and sums are recomputed from the rows below them; nothing is trusted because it
was checked when it was written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

MAX_VIOLATIONS = 100


@dataclass(frozen=True, slots=True)
class BookCheck:
    """One invariant. ``counted`` says how many rows it looks at, ``broken`` which break it.

    ``broken`` selects two columns: what the row is, and what is wrong with it.
    """

    name: str
    says: str
    counted: str
    broken: str


@dataclass(frozen=True, slots=True)
class Violation:
    """One row that breaks an invariant."""

    check: str
    subject: str
    message: str


@dataclass(frozen=True, slots=True)
class CheckResult:
    """An invariant, how many rows it looked at, and what broke it (at most 100 named)."""

    check: BookCheck
    checked: int
    violations: tuple[Violation, ...]


def run_checks(checks: Sequence[BookCheck]) -> list[CheckResult]:
    """Recompute each invariant now; the caller gives the transaction, so that all see one state."""
    results: list[CheckResult] = []
    with connection.cursor() as cursor:
        for check in checks:
            cursor.execute(check.counted)
            [count] = cursor.fetchone()
            cursor.execute(f"{check.broken} LIMIT {MAX_VIOLATIONS}")
            found = tuple(
                Violation(check.name, str(subject), str(message))
                for subject, message in cursor.fetchall()
            )
            results.append(CheckResult(check, int(count), found))
    return results


# CAS amounts of a claim payment, by disposition; and what its entries moved.
_PAYMENT_SUMS = """
    SELECT p.id, p.paid, p.charge, p.state, c.payer_sequence,
           coalesce(sum(a.amount), 0) AS reduced,
           coalesce(sum(a.amount) FILTER (WHERE a.treatment = 'contractual'), 0) AS contractual,
           coalesce(sum(a.amount) FILTER (WHERE a.treatment = 'patient'), 0) AS patient
    FROM payments_remittanceclaim p
    LEFT JOIN payments_adjustment a ON a.remittance_claim_id = p.id
    LEFT JOIN claims_claim c ON c.id = p.claim_id
    GROUP BY p.id, c.payer_sequence
"""

LEDGER_CHECKS = (
    BookCheck(
        "entries-sum-to-zero",
        "Each entry's postings sum to zero.",
        "SELECT count(*) FROM ledger_entry",
        """
        SELECT 'entry ' || e.id,
               'postings sum to ' || coalesce(sum(p.amount), 0) || ', ' || count(p.id) || ' of them'
        FROM ledger_entry e LEFT JOIN ledger_posting p ON p.entry_id = e.id
        GROUP BY e.id HAVING coalesce(sum(p.amount), 0) <> 0 OR count(p.id) < 2
        """,
    ),
    BookCheck(
        "receivable-balances",
        "Each receivable's cached balances are the sums of its postings.",
        "SELECT count(*) FROM ledger_receivable",
        """
        SELECT 'receivable ' || r.id,
               'payer ' || r.payer_balance || ' cached, ' || coalesce(s.payer, 0)
               || ' posted; patient ' || r.patient_balance || ' cached, '
               || coalesce(s.patient, 0) || ' posted'
        FROM ledger_receivable r
        LEFT JOIN (
            SELECT receivable_id,
                   sum(amount) FILTER (WHERE responsibility <> 'patient') AS payer,
                   sum(amount) FILTER (WHERE responsibility = 'patient') AS patient
            FROM ledger_posting WHERE account = 'receivable' GROUP BY receivable_id
        ) s ON s.receivable_id = r.id
        WHERE r.payer_balance <> coalesce(s.payer, 0)
           OR r.patient_balance <> coalesce(s.patient, 0)
        """,
    ),
    BookCheck(
        "reversals-mirror",
        "A reversal takes back exactly the entry it names.",
        "SELECT count(*) FROM ledger_entry WHERE reverses_id IS NOT NULL",
        """
        SELECT 'entry ' || e.id, 'does not mirror entry ' || e.reverses_id
        FROM ledger_entry e
        WHERE e.reverses_id IS NOT NULL AND EXISTS (
            SELECT 1 FROM (
                SELECT account, receivable_id, responsibility, amount
                FROM ledger_posting WHERE entry_id = e.id
                UNION ALL
                SELECT account, receivable_id, responsibility, amount
                FROM ledger_posting WHERE entry_id = e.reverses_id
            ) both_sides
            GROUP BY account, receivable_id, responsibility HAVING sum(amount) <> 0
        )
        """,
    ),
    BookCheck(
        "charges-booked",
        "The charge of each line of a complete coding version is what the ledger holds for it.",
        "SELECT count(*) FROM coding_chargeline l"
        " JOIN coding_codingversion v ON v.id = l.version_id AND v.state = 'complete'",
        """
        SELECT 'charge line ' || l.id,
               'charge ' || l.charge || ', ledger ' || coalesce(b.charged, 0)
        FROM coding_chargeline l
        JOIN coding_codingversion v ON v.id = l.version_id AND v.state = 'complete'
        LEFT JOIN (
            SELECT p.receivable_id, sum(p.amount) AS charged
            FROM ledger_posting p
            WHERE p.account = 'receivable' AND EXISTS (
                SELECT 1 FROM ledger_posting c
                WHERE c.entry_id = p.entry_id AND c.account = 'charges')
            GROUP BY p.receivable_id
        ) b ON b.receivable_id = l.receivable_id
        WHERE coalesce(b.charged, 0) <> l.charge
        """,
    ),
    BookCheck(
        "payments-balance-by-line",
        "What a payment books on a charge line sums to zero on that line: no cent wanders.",
        "SELECT count(*) FROM payments_remittanceclaim WHERE claim_id IS NOT NULL"
        " AND (entry_id IS NOT NULL OR application_id IS NOT NULL)",
        """
        SELECT 'entry ' || p.entry_id, 'sums to ' || sum(p.amount) || ' on receivable '
               || p.receivable_id
        FROM ledger_posting p
        JOIN payments_remittanceclaim c ON c.entry_id = p.entry_id OR c.application_id = p.entry_id
        WHERE p.receivable_id IS NOT NULL
        GROUP BY p.entry_id, p.receivable_id HAVING sum(p.amount) <> 0
        """,
    ),
    BookCheck(
        "payments-on-their-claim",
        "What a payment books is on the lines of the submission that it answers.",
        "SELECT count(*) FROM payments_remittanceclaim WHERE submission_id IS NOT NULL"
        " AND (entry_id IS NOT NULL OR application_id IS NOT NULL)",
        """
        SELECT 'claim payment ' || e.id, 'entry ' || p.entry_id || ' books on receivable '
               || p.receivable_id || ' of another claim'
        FROM (
            SELECT id, submission_id, entry_id FROM payments_remittanceclaim
            UNION ALL
            SELECT id, submission_id, application_id FROM payments_remittanceclaim
        ) e
        JOIN ledger_posting p ON p.entry_id = e.entry_id AND p.receivable_id IS NOT NULL
        WHERE e.submission_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM claims_claimline l
            JOIN coding_chargeline c ON c.id = l.charge_line_id
            WHERE l.submission_id = e.submission_id AND c.receivable_id = p.receivable_id
        )
        """,
    ),
    BookCheck(
        "payer-money-has-its-source",
        "Each entry that moves a payer's money belongs to a payment or a provider adjustment.",
        "SELECT count(DISTINCT entry_id) FROM ledger_posting"
        " WHERE account IN ('payer_paid', 'unapplied')",
        """
        SELECT DISTINCT 'entry ' || p.entry_id, 'no payment and no provider adjustment made it'
        FROM ledger_posting p
        WHERE p.account IN ('payer_paid', 'unapplied')
          AND NOT EXISTS (SELECT 1 FROM payments_remittanceclaim c WHERE c.entry_id = p.entry_id)
          AND NOT EXISTS (SELECT 1 FROM payments_remittanceclaim c
                          WHERE c.application_id = p.entry_id)
          AND NOT EXISTS (SELECT 1 FROM payments_provideradjustment a
                          WHERE a.entry_id = p.entry_id)
        """,
    ),
)

REMITTANCE_CHECKS = (
    BookCheck(
        "remittances-received-in-full",
        "The money that a posted remittance booked as paid by payer is its BPR02.",
        "SELECT count(*) FROM payments_remittance WHERE state = 'posted'",
        """
        SELECT 'remittance ' || r.id || ' (' || r.trace_number || ')',
               'amount ' || r.amount || ', booked ' || coalesce(b.booked, 0)
        FROM payments_remittance r
        LEFT JOIN (
            SELECT e.remittance_id, sum(p.amount) AS booked
            FROM (
                SELECT remittance_id, entry_id FROM payments_remittanceclaim
                UNION ALL
                SELECT remittance_id, entry_id FROM payments_provideradjustment
            ) e
            JOIN ledger_posting p ON p.entry_id = e.entry_id AND p.account = 'payer_paid'
            GROUP BY e.remittance_id
        ) b ON b.remittance_id = r.id
        WHERE r.state = 'posted' AND r.amount <> coalesce(b.booked, 0)
        """,
    ),
    BookCheck(
        "remittances-balance",
        "ΣCLP04 − ΣPLB is BPR02 in every remittance that is not held.",
        "SELECT count(*) FROM payments_remittance WHERE state IN ('ready', 'posted')",
        """
        SELECT 'remittance ' || r.id, 'amount ' || r.amount || ', claims ' || c.paid
               || ', provider adjustments ' || p.amount
        FROM payments_remittance r
        JOIN LATERAL (SELECT coalesce(sum(paid), 0) AS paid FROM payments_remittanceclaim
                      WHERE remittance_id = r.id) c ON true
        JOIN LATERAL (SELECT coalesce(sum(amount), 0) AS amount FROM payments_provideradjustment
                      WHERE remittance_id = r.id) p ON true
        WHERE r.state IN ('ready', 'posted') AND r.amount <> c.paid - p.amount
        """,
    ),
    BookCheck(
        "claim-payments-balance",
        "Charge − adjustments is what was paid, for each claim payment that is not held.",
        "SELECT count(*) FROM payments_remittanceclaim p"
        " JOIN payments_remittance r ON r.id = p.remittance_id AND r.state IN ('ready', 'posted')",
        f"""
        SELECT 'claim payment ' || s.id, s.charge || ' − ' || s.reduced || ' is not ' || s.paid
        FROM ({_PAYMENT_SUMS}) s
        JOIN payments_remittanceclaim p ON p.id = s.id
        JOIN payments_remittance r ON r.id = p.remittance_id AND r.state IN ('ready', 'posted')
        WHERE s.charge - s.reduced <> s.paid
        """,  # noqa: S608 - constants only
    ),
    BookCheck(
        "line-payments-balance",
        "Charge − adjustments is what was paid, for each service line that is not held.",
        "SELECT count(*) FROM payments_remittanceline l"
        " JOIN payments_remittanceclaim p ON p.id = l.remittance_claim_id"
        " JOIN payments_remittance r ON r.id = p.remittance_id AND r.state IN ('ready', 'posted')",
        """
        SELECT 'line payment ' || l.id,
               l.charge || ' − ' || coalesce(sum(a.amount), 0) || ' is not ' || l.paid
        FROM payments_remittanceline l
        JOIN payments_remittanceclaim p ON p.id = l.remittance_claim_id
        JOIN payments_remittance r ON r.id = p.remittance_id AND r.state IN ('ready', 'posted')
        LEFT JOIN payments_adjustment a ON a.line_id = l.id
        GROUP BY l.id HAVING l.charge - coalesce(sum(a.amount), 0) <> l.paid
        """,
    ),
    BookCheck(
        "claim-payments-booked",
        "What each claim payment paid and gave up is what its entries moved.",
        "SELECT count(*) FROM payments_remittanceclaim WHERE state IN"
        " ('posted', 'unposted', 'resolved')",
        f"""
        SELECT 'claim payment ' || s.id,
               'paid ' || s.paid || ', booked ' || b.paid || '; contractual ' || s.contractual
               || ', booked ' || b.contractual || '; patient ' || s.patient || ', booked '
               || b.patient
        FROM ({_PAYMENT_SUMS}) s
        JOIN payments_remittanceclaim p ON p.id = s.id
        JOIN LATERAL (
            SELECT coalesce(sum(amount) FILTER (
                       WHERE account = 'payer_paid' AND entry_id = p.entry_id), 0) AS paid,
                   coalesce(sum(amount) FILTER (WHERE account = 'contractual'), 0) AS contractual,
                   coalesce(sum(amount) FILTER (
                       WHERE account = 'receivable' AND responsibility = 'patient'), 0) AS patient
            FROM ledger_posting WHERE entry_id IN (p.entry_id, p.application_id)
        ) b ON true
        WHERE s.state IN ('posted', 'unposted', 'resolved') AND (
            s.paid <> b.paid
            OR (p.claim_id IS NOT NULL AND s.contractual <> b.contractual)
            OR (s.payer_sequence = 1 AND s.patient <> b.patient)
        )
        """,  # noqa: S608 - constants only
    ),
    BookCheck(
        "unapplied-is-unposted",
        "Unapplied money in the ledger is what the unposted payments hold.",
        "SELECT count(*) FROM payments_remittanceclaim WHERE state = 'unposted'",
        """
        SELECT 'unapplied', 'ledger ' || s.ledger || ', unposted payments ' || s.unposted
        FROM (
            SELECT coalesce((SELECT -sum(amount) FROM ledger_posting
                             WHERE account = 'unapplied'), 0) AS ledger,
                   coalesce((SELECT sum(paid) FROM payments_remittanceclaim
                             WHERE state = 'unposted'), 0) AS unposted
        ) s WHERE s.ledger <> s.unposted
        """,
    ),
    BookCheck(
        "nothing-posted-before-its-time",
        "A remittance that is held, replaced or waiting has posted nothing.",
        "SELECT count(*) FROM payments_remittance WHERE state <> 'posted'",
        """
        SELECT 'remittance ' || r.id, r.state || ', yet it has entries'
        FROM payments_remittance r
        WHERE r.state <> 'posted' AND (
            EXISTS (SELECT 1 FROM payments_remittanceclaim p WHERE p.remittance_id = r.id
                    AND (p.entry_id IS NOT NULL OR p.state <> 'recorded'))
            OR EXISTS (SELECT 1 FROM payments_provideradjustment a
                       WHERE a.remittance_id = r.id AND a.entry_id IS NOT NULL)
        )
        """,
    ),
    BookCheck(
        "nothing-left-behind",
        "Each payment of a posted remittance has its place: posted, unposted, or information.",
        "SELECT count(*) FROM payments_remittanceclaim p"
        " JOIN payments_remittance r ON r.id = p.remittance_id AND r.state = 'posted'",
        """
        SELECT 'claim payment ' || p.id, 'still ' || p.state || ' in a posted remittance'
        FROM payments_remittanceclaim p
        JOIN payments_remittance r ON r.id = p.remittance_id AND r.state = 'posted'
        WHERE p.state = 'recorded'
        """,
    ),
    BookCheck(
        "unposted-is-in-its-queue",
        "Each unposted payment is open in the unposted queue, and nothing else does.",
        "SELECT count(*) FROM work_workitem WHERE queue = 'unposted'",
        """
        SELECT 'work item ' || w.id, 'queue state ' || w.state || ', payment '
               || coalesce(p.state, 'none')
        FROM work_workitem w
        LEFT JOIN payments_remittanceclaim p ON p.work_item_id = w.id
        WHERE w.queue = 'unposted' AND (w.state = 'open') <> (coalesce(p.state, '') = 'unposted')
        """,
    ),
    BookCheck(
        "closed-claims-owe-nothing",
        "No payer's balance is on the current lines of a closed claim.",
        "SELECT count(*) FROM claims_claim WHERE state = 'closed'",
        """
        SELECT DISTINCT 'claim ' || c.id, 'closed with a payer balance of ' || r.payer_balance
        FROM claims_claim c
        JOIN claims_submission s ON s.claim_id = c.id AND s.is_current
        JOIN claims_claimline l ON l.submission_id = s.id
        JOIN coding_chargeline h ON h.id = l.charge_line_id
        JOIN ledger_receivable r ON r.id = h.receivable_id
        WHERE c.state = 'closed' AND r.payer_balance <> 0
        """,
    ),
    BookCheck(
        "submissions-total",
        "The charge of each submission is the sum of its lines.",
        "SELECT count(*) FROM claims_submission",
        """
        SELECT 'submission ' || s.id, 'total ' || s.total_charge || ', lines '
               || coalesce(sum(l.charge), 0)
        FROM claims_submission s LEFT JOIN claims_claimline l ON l.submission_id = s.id
        GROUP BY s.id HAVING s.total_charge <> coalesce(sum(l.charge), 0)
        """,
    ),
)

CHECKS = LEDGER_CHECKS + REMITTANCE_CHECKS
