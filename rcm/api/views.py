"""The lists and details. Parse, authorise, one read, one audit event, render."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, TypeVar, cast

from django.db.models import Model, QuerySet
from django_filters.rest_framework import DjangoFilterBackend
from drf_spectacular.utils import extend_schema, extend_schema_view
from drf_spectacular.views import SpectacularAPIView
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from claims.models import Claim
from core.access.guards import HoldsPermission
from core.access.models import User
from core.audit.services import record
from denials.models import Denial
from encounters.models import Encounter, Patient
from payments.models import Remittance, RemittanceClaim
from rcm.api import filters, queries, serializers
from rcm.api.authentication import PageSession
from rcm.api.errors import BadParameter, ErrorSerializer, answer
from rcm.api.paging import Pages
from rcm.api.serializers.remittances import EMBEDDED_CLAIMS

M = TypeVar("M", bound=Model)
V = TypeVar("V", bound=type)

AS_ERROR = {400: ErrorSerializer, 401: ErrorSerializer, 403: ErrorSerializer}


def described(
    many: str,
    one: str,
    words: str,
    row: type[BaseSerializer[Any]],
    detail: type[BaseSerializer[Any]],
) -> Callable[[V], V]:
    """Tell the document what a view answers, errors too. `words` say what it is about."""
    return cast(
        Callable[[V], V],
        extend_schema_view(
            list=extend_schema(
                summary=f"List {many}",
                description=words,
                responses={200: row(many=True), **AS_ERROR},
            ),
            retrieve=extend_schema(
                summary=f"Read {one}",
                description=words,
                responses={200: detail, **AS_ERROR, 404: ErrorSerializer},
            ),
        ),
    )


class ApiView(APIView):
    """What every address of the API shares: the pages' session, and one shape of errors."""

    authentication_classes = [PageSession]

    def get_exception_handler(self) -> Callable[..., Response | None]:
        """The one shape."""
        return answer


class ReadViewSet(ApiView, viewsets.ReadOnlyModelViewSet[M]):
    """A filtered, ordered, paged list and a detail; each request is one audit event."""

    permission_classes = [HoldsPermission]
    required_permission: ClassVar[str]
    filter_backends = [DjangoFilterBackend]
    filterset_class: type[filters.Filters]
    pagination_class = Pages
    lookup_value_regex = r"[0-9]{1,18}"
    row_serializer: type[BaseSerializer[Any]]
    detail_serializer: type[BaseSerializer[Any]]

    def rows(self) -> QuerySet[M]:
        """Of the list."""
        raise NotImplementedError

    def details(self) -> QuerySet[M]:
        """Of the detail."""
        raise NotImplementedError

    def patient_of(self, row: M) -> int | None:
        """Whose data the row is; None when it is nobody's or many people's."""
        raise NotImplementedError

    def get_queryset(self) -> QuerySet[M]:
        """What the action reads."""
        return self.details() if self.action == "retrieve" else self.rows()

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        """How the action answers."""
        return self.detail_serializer if self.action == "retrieve" else self.row_serializer

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of the filtered list."""
        _refuse_unknown(request, self.filterset_class.names())
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        assert page is not None
        self.remember_list(request, page)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One row with everything about it."""
        _refuse_unknown(request, ())
        row = self.get_object()
        self.remember(request, row)
        return Response(self.get_serializer(row).data)

    def remember(self, request: Request, row: M) -> None:
        """Who read it: the event of the page, and that it was a program."""
        record(
            actor=cast(User, request.user),
            action=f"{row._meta.model_name}.viewed",
            subject=row,
            patient_id=self.patient_of(row),
            detail={"via": "api"},
        )

    def remember_list(self, request: Request, page: Iterable[M]) -> None:
        """Who read which rows of whom, by ids; what was searched for may be a name and is not
        kept, only which filters were used."""
        patients = sorted({one for row in page if (one := self.patient_of(row)) is not None})
        model = self.get_queryset().model
        record(
            actor=cast(User, request.user),
            action=f"{model._meta.model_name}.listed",
            patient_id=patients[0] if len(patients) == 1 else None,
            detail={
                "via": "api",
                "filters": sorted(request.query_params),
                "ids": [row.pk for row in page],
                "patients": patients,
            },
        )


def _refuse_unknown(request: Request, known: Iterable[str]) -> None:
    """A misspelt filter must not mean "everything"."""
    names = sorted(set(known))
    unknown = sorted(set(request.query_params) - set(names))
    if unknown:
        raise BadParameter(
            {name: ["There is no such parameter."] for name in unknown},
            f"Use one of: {', '.join(names)}." if names else "Leave it out.",
        )


@described(
    "patients",
    "a patient",
    "Patients and their coverage.",
    serializers.PatientSerializer,
    serializers.PatientDetailSerializer,
)
class PatientViewSet(ReadViewSet[Patient]):
    """Patients and their coverage."""

    required_permission = "patient.view"
    filterset_class = filters.PatientFilters
    row_serializer = serializers.PatientSerializer
    detail_serializer = serializers.PatientDetailSerializer

    def rows(self) -> QuerySet[Patient]:
        """By name."""
        return queries.patients()

    def details(self) -> QuerySet[Patient]:
        """With coverage."""
        return queries.patient_detail()

    def patient_of(self, row: Patient) -> int:
        """Themselves."""
        return row.pk


@described(
    "encounters",
    "an encounter",
    "Visits: where they stand, who treated whom, the codes.",
    serializers.EncounterSerializer,
    serializers.EncounterDetailSerializer,
)
class EncounterViewSet(ReadViewSet[Encounter]):
    """Visits: where they stand, who treated whom, the codes."""

    required_permission = "encounter.view"
    filterset_class = filters.EncounterFilters
    row_serializer = serializers.EncounterSerializer
    detail_serializer = serializers.EncounterDetailSerializer

    def rows(self) -> QuerySet[Encounter]:
        """The newest first."""
        return queries.encounters()

    def details(self) -> QuerySet[Encounter]:
        """With both insurances."""
        return queries.encounter_detail()

    def patient_of(self, row: Encounter) -> int:
        """Who was treated."""
        return row.patient_id


@described(
    "claims",
    "a claim",
    "Claims, what was sent and how it was received.",
    serializers.ClaimSerializer,
    serializers.ClaimDetailSerializer,
)
class ClaimViewSet(ReadViewSet[Claim]):
    """Claims, what was sent and how it was received."""

    required_permission = "claim.view"
    filterset_class = filters.ClaimFilters
    row_serializer = serializers.ClaimSerializer
    detail_serializer = serializers.ClaimDetailSerializer

    def rows(self) -> QuerySet[Claim]:
        """The newest first."""
        return queries.claims()

    def details(self) -> QuerySet[Claim]:
        """With submissions, lines, acknowledgements and findings."""
        return queries.claim_detail()

    def patient_of(self, row: Claim) -> int:
        """Who was treated."""
        return row.encounter.patient_id


@described(
    "remittances",
    "a remittance",
    "Remittances, their claims, and why the payment differs from the charge.",
    serializers.RemittanceSerializer,
    serializers.RemittanceDetailSerializer,
)
class RemittanceViewSet(ReadViewSet[Remittance]):
    """Remittances, their claims, and why the payment differs from the charge."""

    required_permission = "remittance.view"
    filterset_class = filters.RemittanceFilters
    row_serializer = serializers.RemittanceSerializer
    detail_serializer = serializers.RemittanceDetailSerializer

    def rows(self) -> QuerySet[Remittance]:
        """The newest first."""
        return queries.remittances()

    def details(self) -> QuerySet[Remittance]:
        """With what belongs to no claim."""
        return queries.remittances().prefetch_related("provider_adjustments")

    def patient_of(self, row: Remittance) -> None:
        """Many people's."""

    def get_serializer_context(self) -> dict[str, Any]:
        """The claims that a detail shows."""
        context = dict(super().get_serializer_context())
        if self.action == "retrieve" and "pk" in self.kwargs:
            found = queries.remittance_claims(int(self.kwargs["pk"]))
            context["claims"] = list(found[:EMBEDDED_CLAIMS])
        return context

    @extend_schema(
        summary="List the claims of a remittance",
        filters=False,
        responses={
            200: serializers.RemittanceClaimSerializer(many=True),
            **AS_ERROR,
            404: ErrorSerializer,
        },
    )
    @action(detail=True, filterset_class=None)
    def claims(self, request: Request, pk: str) -> Response:
        """All claims of a remittance in its order, page by page, with lines and reasons."""
        _refuse_unknown(request, ("page", "page_size"))
        remittance = self.get_object()
        rows: QuerySet[RemittanceClaim] = queries.remittance_claims(remittance.pk)
        page = self.paginate_queryset(cast(Any, rows))
        self.remember(request, remittance)
        found = serializers.RemittanceClaimSerializer(
            cast(Any, page), many=True, context=self.get_serializer_context()
        )
        return self.get_paginated_response(found.data)


@described(
    "denials",
    "a denial",
    "Denials: reason, owner, deadline, and what brought the money.",
    serializers.DenialSerializer,
    serializers.DenialDetailSerializer,
)
class DenialViewSet(ReadViewSet[Denial]):
    """Denials: reason, owner, deadline, and what brought the money."""

    required_permission = "denial.view"
    filterset_class = filters.DenialFilters
    row_serializer = serializers.DenialSerializer
    detail_serializer = serializers.DenialDetailSerializer

    def rows(self) -> QuerySet[Denial]:
        """The newest first."""
        return queries.denials()

    def details(self) -> QuerySet[Denial]:
        """With the corrections."""
        return queries.denial_detail()

    def patient_of(self, row: Denial) -> int:
        """Who was treated."""
        return row.claim.encounter.patient_id


class SchemaView(ApiView, SpectacularAPIView):
    """The OpenAPI document, for everybody who is signed in."""

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        """An error is JSON here as well, in whatever form the document was asked for."""
        if response.status_code >= 400:
            request.accepted_renderer = JSONRenderer()
            request.accepted_media_type = JSONRenderer.media_type
        return super().finalize_response(request, response, *args, **kwargs)


@extend_schema(exclude=True)
class Nowhere(ApiView):
    """An address that does not exist, in the shape of the API and not as a page."""

    permission_classes = [AllowAny]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Whoever asks, whatever the method."""
        raise NotFound
