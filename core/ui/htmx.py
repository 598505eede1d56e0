"""Answers to htmx: toasts, and Django messages that would otherwise wait for the next page."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.messages import get_messages
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django_htmx.middleware import HtmxDetails

TONES = {
    "debug": "neutral",
    "info": "info",
    "success": "success",
    "warning": "warn",
    "error": "danger",
}


def htmx(request: HttpRequest) -> HtmxDetails:
    """What htmx says about a request: true when a part of a page is asked for.

    The same as `request.htmx`, with its type and also without the middleware.
    """
    return HtmxDetails(request)


def tone_of(message: Message) -> str:
    """The tone of a Django message."""
    return TONES.get(message.level_tag, "info")


def trigger(response: HttpResponseBase, event: str, detail: object = None) -> None:
    """Add a client event to `response`, beside the ones that are already there."""
    known = json.loads(response.headers.get("HX-Trigger", "{}"))
    known[event] = detail
    response.headers["HX-Trigger"] = json.dumps(known)


def toast(response: HttpResponse, text: str, tone: str = "success") -> HttpResponse:
    """Show `text` as a toast when the answer arrives. `tone`: success, info, warn, danger."""
    trigger(response, "toasts", [{"text": text, "tone": tone}])
    return response


class HtmxMessagesMiddleware:
    """Send `messages.success(request, …)` of a partial answer along as toasts.

    A redirect keeps its messages: the page behind it shows them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        details = htmx(request)
        leaves = 300 <= response.status_code < 400 or "HX-Redirect" in response.headers
        if not details or details.boosted or leaves:
            return response
        texts = [{"text": str(m), "tone": tone_of(m)} for m in get_messages(request)]
        if texts:
            trigger(response, "toasts", texts)
        return response


class HtmxSignInMiddleware:
    """A partial request of somebody whose session has ended goes to the sign-in page.

    Without this the sign-in page would be swapped into a corner of the old page. After signing
    in, the reader is back on the page they were on.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        sign_in = resolve_url(settings.LOGIN_URL)
        details = htmx(request)
        if not details or not response.headers.get("Location", "").startswith(sign_in):
            return response
        here = urlsplit(details.current_url or "/")
        back = urlencode({"next": f"{here.path}?{here.query}" if here.query else here.path})
        return HttpResponse(status=200, headers={"HX-Redirect": f"{sign_in}?{back}"})
