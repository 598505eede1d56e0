import pytest
from django.urls import reverse

from core.access.demo import DEMO_PASSWORD
from core.access.enums import Role
from core.access.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def coder():
    return User.objects.create_user("coder", password=DEMO_PASSWORD, role=Role.CODER)


def sign_in(client, username, password):
    return client.post(reverse("login"), {"username": username, "password": password})


def test_right_password_signs_in(client, coder):
    answer = sign_in(client, "coder", DEMO_PASSWORD)
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(coder.pk)


def test_unknown_name_and_wrong_password_read_the_same(client, coder):
    wrong = sign_in(client, "coder", "not it")
    unknown = sign_in(client, "nobody", "not it")
    text = "That user name and password do not match."
    assert text in wrong.content.decode()
    assert text in unknown.content.decode()
    assert "_auth_user_id" not in client.session


def test_sixth_try_is_paused_and_says_what_to_do(client, coder):
    for _ in range(5):
        last = sign_in(client, "coder", "not it")
    assert last.status_code == 429
    paused = sign_in(client, "coder", DEMO_PASSWORD)
    assert paused.status_code == 429
    assert "Wait 15 minutes" in paused.content.decode()
    assert "_auth_user_id" not in client.session


def test_demo_buttons_stand_only_in_a_demo(client, coder, settings):
    settings.FIRSTPASS_DEMO = False
    assert DEMO_PASSWORD not in client.get(reverse("login")).content.decode()
    settings.FIRSTPASS_DEMO = True
    page = client.get(reverse("login")).content.decode()
    assert page.count(f'value="{DEMO_PASSWORD}"') == 1  # only the coder exists here


def test_signing_out_needs_a_post(client, coder):
    client.force_login(coder)
    assert client.get(reverse("logout")).status_code == 405
    assert client.post(reverse("logout")).status_code == 302
    assert "_auth_user_id" not in client.session
