"""Held and rejected claims: the lists, and the page on which one is worked."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from claims.enums import TaskKind
from claims.forms import VisitDetailsForm
from claims.models import Claim
from claims.queries.detail import claim_for_work, open_findings, summary_of
from claims.queries.home import by_queue
from claims.queries.lists import findings_of, tasks_in
from claims.rejections import advice, place
from claims.services.claim_tasks import QUEUE_OF
from claims.views.links import coding_link, fix_link
from core.access.guards import requires, signed_in
from core.access.models import User
from core.audit.services import record_view
from core.parameters import parse_pk
from core.ui.next_item import NextBar, go_to_next
from core.work.models import WorkItem
from core.work.services import claim_next
from encounters.models import Payer

PER_PAGE = 50

KINDS = {
    "held": TaskKind.SCRUB,
    "rejected": TaskKind.REJECTION,
    "follow-up": TaskKind.FOLLOW_UP,
}
PAGES = {
    TaskKind.SCRUB: ("billing:held", "billing:held_claim"),
    TaskKind.REJECTION: ("billing:rejected", "billing:rejected_claim"),
    TaskKind.FOLLOW_UP: ("billing:follow_up", "billing:follow_up_claim"),
}
_NAMES = {
    TaskKind.SCRUB: "Held",
    TaskKind.REJECTION: "Rejected",
    TaskKind.FOLLOW_UP: "Follow-up",
}
_DONE = {
    TaskKind.SCRUB: "No claim is held. Everything that was built may leave.",
    TaskKind.REJECTION: "No rejected claim is left to work.",
    TaskKind.FOLLOW_UP: "No claim waits too long for its answer.",
}


def claim_next_case(
    user: User, kind: TaskKind, *, payer_id: int | None = None, after: int | None = None
) -> WorkItem | None:
    """The next case of a queue; with ``after``, the one behind the item that the person leaves."""
    filters = Q(claim_task__claim__payer_id=payer_id) if payer_id is not None else None
    return claim_next(queue=QUEUE_OF[kind], user=user, filters=filters, after=after)


def case_url(kind: TaskKind, item: WorkItem | None) -> str:
    """The page of a case; without one, its list."""
    list_page, case_page = PAGES[kind]
    return reverse(case_page, args=[item.claim_task.claim_id]) if item else reverse(list_page)


def open_next(user: User, kind: TaskKind, *, after: int | None = None) -> str:
    """Claim the next case of a queue and give its page; without one, the list's."""
    return case_url(kind, claim_next_case(user, kind, after=after))


def next_bar(kind: TaskKind, item: int | None) -> NextBar:
    """The bar below a case: what waits in its queue."""
    waiting = by_queue()[QUEUE_OF[kind]]
    return NextBar(
        queue=_NAMES[kind],
        left=waiting.count,
        dollars=waiting.dollars,
        next_url=reverse("billing:next", args=[_word(kind)]),
        back_url=reverse(PAGES[kind][0]),
        after=item,
    )


@require_POST
@requires("claim.work", "follow_up.work")
def next_case(request: HttpRequest, kind: str) -> HttpResponse:
    """Take the next case of a queue: highest rank first, nobody gets the same one."""
    if kind not in KINDS:
        raise Http404
    user, case, payer_id = signed_in(request), KINDS[kind], parse_pk(request.POST.get("payer"))
    return go_to_next(
        request,
        claim=lambda after: claim_next_case(user, case, payer_id=payer_id, after=after),
        address=lambda item: case_url(case, item),
        list_url=case_url(case, None),
        noun="case",
        done=_DONE[case],
    )


@require_GET
@requires("claim.work")
def held(request: HttpRequest) -> HttpResponse:
    """Claims that the scrubber holds, by rank."""
    return _task_list(request, TaskKind.SCRUB, "billing/held.html")


@require_GET
@requires("claim.work")
def rejected(request: HttpRequest) -> HttpResponse:
    """Claims that a clearinghouse or payer refused before adjudication, by rank."""
    return _task_list(request, TaskKind.REJECTION, "billing/rejected.html")


def _task_list(request: HttpRequest, kind: TaskKind, template: str) -> HttpResponse:
    payer = request.GET.get("payer", "")
    payer_id = parse_pk(payer)
    page = Paginator(tasks_in(kind, payer_id=payer_id), PER_PAGE).get_page(request.GET.get("page"))
    findings = findings_of([task.claim_id for task in page]) if kind == TaskKind.SCRUB else {}
    return render(
        request,
        template,
        {
            "page": page,
            "rows": [(task, findings.get(task.claim_id, [])) for task in page],
            "payers": Payer.objects.all(),
            "payer": payer,
            "waiting": by_queue()[QUEUE_OF[kind]],
            "next_url": reverse("billing:next", args=[_word(kind)]),
        },
    )


def _word(kind: TaskKind) -> str:
    return next(word for word, one in KINDS.items() if one == kind)


@require_GET
@requires("claim.work")
def held_claim(request: HttpRequest, claim_id: int) -> HttpResponse:
    """One held claim: every finding with its fix and where it is fixed."""
    claim, user = claim_for_work(claim_id), signed_in(request)
    record_view(user, claim, patient_id=claim.encounter.patient_id)
    return render(request, "billing/held_claim.html", held_context(claim, user))


def held_context(
    claim: Claim, user: User, form: VisitDetailsForm | None = None
) -> dict[str, object]:
    """What the page of a held claim shows."""
    findings, summary = open_findings(claim), summary_of(claim)
    return {
        "claim": claim,
        "summary": summary,
        "findings": [(one, fix_link(one.path, claim, user)) for one in findings],
        "errors": sum(one.severity == "error" for one in findings),
        "form": form or details_form(claim),
        "coding": coding_link(claim),
        "bar": next_bar(TaskKind.SCRUB, summary.item_of(TaskKind.SCRUB)),
    }


def details_form(claim: Claim) -> VisitDetailsForm:
    """The numbers of the visit as they stand."""
    names = VisitDetailsForm.base_fields
    return VisitDetailsForm(initial={name: getattr(claim.encounter, name) for name in names})


@require_GET
@requires("claim.work")
def rejected_claim(request: HttpRequest, claim_id: int) -> HttpResponse:
    """One rejected claim: what the receiver said, what it means, and sending it again."""
    claim, user = claim_for_work(claim_id), signed_in(request)
    record_view(user, claim, patient_id=claim.encounter.patient_id)
    return render(request, "billing/rejected_claim.html", rejected_context(claim, user))


def rejected_context(
    claim: Claim, user: User, form: VisitDetailsForm | None = None
) -> dict[str, object]:
    """What the page of a rejected claim shows."""
    summary = summary_of(claim)
    answers = [
        (one, fix_link(_where(one.status_code, one.entity_code, one.segment), claim, user))
        for one in summary.acknowledgements
        if not one.accepted
    ]
    return {
        "claim": claim,
        "summary": summary,
        "answers": answers,
        "form": form or details_form(claim),
        "bar": next_bar(TaskKind.REJECTION, summary.item_of(TaskKind.REJECTION)),
    }


def _where(status: str, entity: str, segment: str) -> str:
    """The place on a claim that an answer is about, as `fix_link` names places."""
    if segment and not entity:
        return place(segment.split("-", 1)[0].split(" ", 1)[0])[1]
    return advice(status, entity).where
