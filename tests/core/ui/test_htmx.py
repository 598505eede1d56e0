import json

import pytest
from django.contrib import messages
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.messages.storage.base import BaseStorage
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpResponse, HttpResponseRedirect
from django.test import RequestFactory
from django.urls import reverse

from core.ui.htmx import HtmxMessagesMiddleware, toast, trigger

pytestmark = pytest.mark.django_db


def answer(view, *, partial=False):
    request = RequestFactory().get("/", headers={"HX-Request": "true"} if partial else {})
    stack = SessionMiddleware(MessageMiddleware(HtmxMessagesMiddleware(view)))
    return stack(request), request


def says(request):
    messages.success(request, "Queued.")
    return HttpResponse("part")


def test_partial_answer_takes_its_messages_along():
    response, request = answer(says, partial=True)
    assert json.loads(response["HX-Trigger"]) == {
        "toasts": [{"text": "Queued.", "tone": "success"}]
    }
    storage = messages.get_messages(request)
    assert isinstance(storage, BaseStorage)
    assert storage.used  # and so not shown a second time


def test_whole_page_keeps_its_messages_for_the_template():
    response, request = answer(says)
    assert "HX-Trigger" not in response
    assert [str(m) for m in messages.get_messages(request)] == ["Queued."]


def test_redirect_keeps_its_messages_for_the_next_page():
    def goes(request):
        messages.success(request, "Queued.")
        return HttpResponseRedirect("/")

    response, _ = answer(goes, partial=True)
    assert "HX-Trigger" not in response


def test_toast_is_added_beside_other_events():
    response = HttpResponse()
    trigger(response, "changed", 1)
    toast(response, "Saved.", "info")
    assert json.loads(response["HX-Trigger"]) == {
        "changed": 1,
        "toasts": [{"text": "Saved.", "tone": "info"}],
    }


def test_partial_request_without_a_session_goes_to_sign_in_and_back(client):
    answer = client.get(
        reverse("design-options"),
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/design/?a=b"},
    )
    assert answer.status_code == 200
    assert answer["HX-Redirect"] == "/login/?next=%2Fdesign%2F%3Fa%3Db"
    assert answer.content == b""
