import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from core.access.enums import Role
from core.access.models import User
from core.ui import views


@pytest.fixture
def biller(db):
    return User.objects.create_user("biller", password="x", role=Role.BILLER, first_name="Mara")


def test_unknown_address_says_what_to_do(client, biller):
    client.force_login(biller)
    answer = client.get("/no-such-page/")
    assert answer.status_code == 404
    assert "There is nothing at this address" in answer.content.decode()


def test_unknown_address_before_sign_in_has_no_navigation(client, db):
    answer = client.get("/no-such-page/")
    assert answer.status_code == 404
    assert 'class="nav-scroll"' not in answer.content.decode()


def test_server_error_needs_neither_user_nor_database(django_assert_num_queries, db):
    with django_assert_num_queries(0):
        answer = views.server_error(RequestFactory().get("/"))
    assert answer.status_code == 500
    assert "Something went wrong on our side" in answer.content.decode()


def test_form_without_a_token_is_refused_with_the_next_step(biller):
    client = Client(enforce_csrf_checks=True)
    client.force_login(biller)
    answer = client.post(reverse("logout"))
    assert answer.status_code == 403
    assert "reload the page and send the form again" in answer.content.decode()
    assert client.session["_auth_user_id"] == str(biller.pk)


def test_refusal_shows_its_message_escaped(biller):
    request = RequestFactory().get("/")
    request.user = biller
    answer = views.refused(request, "Fix <the> claim first.")
    assert answer.status_code == 409
    assert "Fix &lt;the&gt; claim first." in answer.content.decode()


@pytest.mark.parametrize("path", ["/patients/?q=%00", "/coding/lookup/?q=J02&code=%00", "/?x=%00"])
def test_nul_in_the_address_is_not_understood(client, biller, path):
    client.force_login(biller)
    answer = client.get(path)
    assert answer.status_code == 400
    assert "This request was not understood" in answer.content.decode()


def test_nul_in_a_form_is_not_understood_and_changes_nothing(client, db):
    answer = client.post(
        "/login/", "username=a%00b&password=x", content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("came_from", "back"),
    [
        ("http://testserver/denials/7/", 'href="http://testserver/denials/7/"'),
        ("https://elsewhere.example/", 'href="/"'),
        ("", 'href="/"'),
    ],
)
def test_refusal_leads_back_to_the_page_it_came_from(biller, came_from, back):
    request = RequestFactory().get("/", headers={"Referer": came_from})
    request.user = biller
    assert back in views.refused(request, "Fix the claim first.").content.decode()
