"""The lists and details. Parse, authorise, one read, one audit event, render."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from operator import attrgetter
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

from claims.filters import ClaimFilters
from claims.models import Claim
from core.access.guards import HoldsPermission
from core.access.models import User
from core.audit.services import record
from core.filters import Filters
from denials.filters import DenialFilters
from denials.models import Denial
from encounters.filters import EncounterFilters, PatientFilters
from encounters.models import Encounter, Patient
from payments.filters import RemittanceFilters
from payments.models import Remittance
from payments.queries.remittances import listed_remittances
from rcm.api import queries, serializers
from rcm.api.authentication import PageSession
from rcm.api.errors import BadParameter, ErrorSerializer, answer
from rcm.api.paging import Pages
from rcm.api.serializers.remittances import EMBEDDED_CLAIMS

M = TypeVar("M", bound=Model)

AS_ERROR = {400: ErrorSerializer, 401: ErrorSerializer, 403: ErrorSerializer}


class ApiView(APIView):
    """What every address of the API shares: the pages' session, and one shape of errors."""

    authentication_classes = [PageSession]

    def get_exception_handler(self) -> Callable[..., Response | None]:
        """The one shape."""
        return answer


class ReadViewSet(ApiView, viewsets.ReadOnlyModelViewSet[M]):
    """A filtered, ordered, paged list and a detail; each request is one audit event.

    A subclass declares what it reads and how it is shown; its docstring is its description in
    the OpenAPI document.
    """

    permission_classes = [HoldsPermission]
    filter_backends = [DjangoFilterBackend]
    pagination_class = Pages
    lookup_value_regex = r"[0-9]{1,18}"

    required_permission: ClassVar[str]
    called: ClassVar[str]
    """One row with its article, for the document: "a claim"."""
    filterset_class: ClassVar[type[Filters]]
    rows: ClassVar[Callable[[], QuerySet[Any]]]
    """What a list reads; `details` is the same with what only a detail shows."""
    details: ClassVar[Callable[[], QuerySet[Any]]]
    row_serializer: ClassVar[type[BaseSerializer[Any]]]
    detail_serializer: ClassVar[type[BaseSerializer[Any]]]
    patient_path: ClassVar[str | None]
    """From a row to the id of the patient whose data it is; None when it is many people's."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Describe the two addresses in the OpenAPI document, their errors too."""
        super().__init_subclass__(**kwargs)
        words, plural = cls.__doc__, f"{cls.called.split()[-1]}s"
        extend_schema_view(
            list=extend_schema(
                summary=f"List {plural}",
                description=words,
                responses={200: cls.row_serializer(many=True), **AS_ERROR},
            ),
            retrieve=extend_schema(
                summary=f"Read {cls.called}",
                description=words,
                responses={200: cls.detail_serializer, **AS_ERROR, 404: ErrorSerializer},
            ),
        )(cls)

    def get_queryset(self) -> QuerySet[M]:
        """What the action reads."""
        cls = type(self)
        return cls.details() if self.action == "retrieve" else cls.rows()

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        """How the action answers."""
        return self.detail_serializer if self.action == "retrieve" else self.row_serializer

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of the filtered list."""
        _refuse_unknown(request, self.filterset_class.names())
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        assert page is not None
        self.record_list(request, page)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """One row with everything about it."""
        _refuse_unknown(request, ())
        row = self.get_object()
        self.record_view(request, row)
        return Response(self.get_serializer(row).data)

    def patient_of(self, row: M) -> int | None:
        """The id of the patient whose data the row is."""
        return attrgetter(self.patient_path)(row) if self.patient_path else None

    def record_view(self, request: Request, row: M) -> None:
        """Who read it: the event of the page, and that it was a program."""
        record(
            actor=cast(User, request.user),
            action=f"{row._meta.model_name}.viewed",
            subject=row,
            patient_id=self.patient_of(row),
            detail={"via": "api"},
        )

    def record_list(self, request: Request, page: Iterable[M]) -> None:
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


class PatientViewSet(ReadViewSet[Patient]):
    """Patients and their coverage."""

    called = "a patient"
    required_permission = "patient.view"
    filterset_class = PatientFilters
    rows, details = queries.patients, queries.patient_detail
    row_serializer = serializers.PatientSerializer
    detail_serializer = serializers.PatientDetailSerializer
    patient_path = "pk"


class EncounterViewSet(ReadViewSet[Encounter]):
    """Visits: where they stand, who treated whom, the codes."""

    called = "an encounter"
    required_permission = "encounter.view"
    filterset_class = EncounterFilters
    rows, details = queries.encounters, queries.encounter_detail
    row_serializer = serializers.EncounterSerializer
    detail_serializer = serializers.EncounterDetailSerializer
    patient_path = "patient_id"


class ClaimViewSet(ReadViewSet[Claim]):
    """Claims, what was sent and how it was received."""

    called = "a claim"
    required_permission = "claim.view"
    filterset_class = ClaimFilters
    rows, details = queries.claims, queries.claim_detail
    row_serializer = serializers.ClaimSerializer
    detail_serializer = serializers.ClaimDetailSerializer
    patient_path = "encounter.patient_id"


class RemittanceViewSet(ReadViewSet[Remittance]):
    """Remittances, their claims, and why the payment differs from the charge."""

    called = "a remittance"
    required_permission = "remittance.view"
    filterset_class = RemittanceFilters
    rows, details = listed_remittances, queries.remittance_detail
    row_serializer = serializers.RemittanceSerializer
    detail_serializer = serializers.RemittanceDetailSerializer
    patient_path = None

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
        rows = queries.remittance_claims(remittance.pk)
        page = self.paginate_queryset(cast(Any, rows))
        self.record_view(request, remittance)
        found = serializers.RemittanceClaimSerializer(
            cast(Any, page), many=True, context=self.get_serializer_context()
        )
        return self.get_paginated_response(found.data)


class DenialViewSet(ReadViewSet[Denial]):
    """Denials: reason, owner, deadline, and what recovered the money."""

    called = "a denial"
    required_permission = "denial.view"
    filterset_class = DenialFilters
    rows, details = queries.denials, queries.denial_detail
    row_serializer = serializers.DenialSerializer
    detail_serializer = serializers.DenialDetailSerializer
    patient_path = "claim.encounter.patient_id"


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
