"""One shape for every error, which says what is wrong and what to do next."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions, serializers
from rest_framework.response import Response
from rest_framework.views import exception_handler

from core.errors import Refused

SCHEMA = "/api/schema/"

WORDS: dict[type[exceptions.APIException], tuple[str, str, str]] = {
    exceptions.NotAuthenticated: (
        "not_signed_in",
        "Nobody is signed in.",
        "Sign in at /login/ and send the session cookie with the request.",
    ),
    exceptions.AuthenticationFailed: (
        "not_signed_in",
        "The session is not valid.",
        "Sign in again at /login/ and send the session cookie with the request.",
    ),
    exceptions.PermissionDenied: (
        "not_allowed",
        "Your role does not hold the permission for this.",
        "Ask an administrator which role can see it, or use an address of your own work.",
    ),
    exceptions.NotFound: (
        "not_found",
        "There is nothing at this address.",
        f"Check the id: lists give the ids that exist. {SCHEMA} names every address.",
    ),
    exceptions.MethodNotAllowed: (
        "read_only",
        "This address can only be read.",
        "Use GET. Changes are made on the pages.",
    ),
    exceptions.NotAcceptable: (
        "not_acceptable",
        "Only JSON can be answered.",
        "Send Accept: application/json, or no Accept header.",
    ),
}


class ProblemSerializer(serializers.Serializer[Any]):
    """What is wrong and what to do next."""

    code = serializers.CharField(help_text="A stable word for programs")
    message = serializers.CharField(help_text="What is wrong, for people")
    fix = serializers.CharField(help_text="What to do next")
    fields = serializers.DictField(  # type: ignore[assignment]  # the name of the answer's part
        child=serializers.ListField(child=serializers.CharField()),
        help_text="What is wrong with each parameter; empty when it is not about one",
    )


class ErrorSerializer(serializers.Serializer[Any]):
    """The body of every answer with a status of 400 and above."""

    error = ProblemSerializer()


class BadParameter(exceptions.ValidationError):
    """A query parameter that cannot be used; `fields` says why, `fix` what to send instead."""

    def __init__(self, fields: dict[str, list[str]], fix: str) -> None:
        super().__init__(fields)
        self.fix = fix


def body(
    code: str, message: str, fix: str, fields: dict[str, list[str]] | None = None
) -> dict[str, Any]:
    """The one shape."""
    return {"error": {"code": code, "message": message, "fix": fix, "fields": fields or {}}}


def answer(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Render whatever a view raised. What is not known stays an error of the server."""
    if isinstance(exc, Refused):
        return Response(
            body(exc.code, exc.message, exc.fix, _texts(exc.context.get("fields", {}))),
            status=409 if exc.conflict else 400,
        )
    if isinstance(exc, Http404):
        exc = exceptions.NotFound()
    elif isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied()
    response = exception_handler(exc, context)
    if response is None or not isinstance(exc, exceptions.APIException):
        return None
    if isinstance(exc, exceptions.ValidationError):
        fix = exc.fix if isinstance(exc, BadParameter) else f"Correct it: see {SCHEMA}."
        response.data = body(
            "bad_parameter", "A parameter cannot be used.", fix, _texts(exc.detail)
        )
        return response
    code, message, fix = WORDS.get(
        type(exc), ("refused", str(exc.detail), f"See {SCHEMA} for what can be asked.")
    )
    response.data = body(code, message, fix)
    return response


def _texts(found: Any) -> dict[str, list[str]]:
    """Field → messages, whatever the form of what was raised."""
    if not isinstance(found, dict):
        found = {"request": found}
    return {
        str(name): [str(one) for one in (value if isinstance(value, list | tuple) else [value])]
        for name, value in found.items()
    }
