"""The document is valid, whole, and says what the addresses really answer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command
from drf_spectacular.drainage import GENERATOR_STATS

from core.access.enums import Role
from rcm.api.urls import router

pytestmark = pytest.mark.django_db

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "api.md"
NAMES = ("patients", "encounters", "claims", "remittances", "denials")


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    GENERATOR_STATS.reset()
    file = tmp_path_factory.mktemp("schema") / "schema.yml"
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(file))
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def test_document_is_valid_without_a_warning_and_names_every_address(document):
    expected = {f"/api/v1/{name}/" for name in NAMES} | {
        f"/api/v1/{name}/{{id}}/" for name in NAMES
    }
    assert set(document["paths"]) == expected | {"/api/v1/remittances/{id}/claims/"}


def test_document_names_the_session_cookie(document):
    assert document["components"]["securitySchemes"]["cookieAuth"]["in"] == "cookie"
    for path in document["paths"].values():
        assert path["get"]["security"] == [{"cookieAuth": []}]


def test_every_address_says_how_errors_look(document):
    for path in document["paths"].values():
        answers = path["get"]["responses"]
        assert {"200", "400", "401", "403"} <= set(answers)
        schema = answers["400"]["content"]["application/json"]["schema"]
        assert schema == {"$ref": "#/components/schemas/Error"}


@pytest.mark.parametrize("prefix_and_view", [(p, v) for p, v, _ in router.registry], ids=str)
def test_every_filter_stands_in_the_document(document, prefix_and_view):
    prefix, view = prefix_and_view
    named = {one["name"] for one in document["paths"][f"/api/v1/{prefix}/"]["get"]["parameters"]}
    assert named == set(view.filterset_class.names())


def check(document, schema, value, where):
    """That the value has exactly the fields and the types that the document promises."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if value is None:
        assert schema.get("nullable") or _holds_null(document, schema), where
        return
    for part in schema.get("allOf", [])[:1]:
        check(document, part, value, where)
    if schema.get("type") == "object" and "properties" in schema:
        assert set(value) == set(schema["properties"]), where
        for name, inner in schema["properties"].items():
            check(document, inner, value[name], f"{where}.{name}")
    elif schema.get("type") == "array":
        assert isinstance(value, list), where
        for one in value:
            check(document, schema["items"], one, f"{where}[]")
    elif "oneOf" in schema:
        names = [one["$ref"].rpartition("/")[2] for one in schema["oneOf"]]
        words = [word for n in names for word in document["components"]["schemas"][n]["enum"]]
        assert value in words, where
    elif "enum" in schema:
        assert value in schema["enum"], where
    elif schema.get("format") == "decimal":
        assert re.fullmatch(schema["pattern"], value), where
        assert isinstance(value, str), where
    elif "type" in schema:
        kinds = {"string": str, "integer": int, "boolean": bool, "object": dict}
        assert type(value) is kinds[schema["type"]], where


def _holds_null(document, schema):
    parts = [*schema.get("allOf", []), *schema.get("oneOf", [])]
    return any("NullEnum" in part.get("$ref", "") for part in parts)


@pytest.mark.parametrize("name", NAMES)
def test_answers_are_what_the_document_says(document, clinic, as_role, get, name):
    as_role(Role.BILLER)
    for path, address in (
        (f"/api/v1/{name}/", f"{name}/"),
        (f"/api/v1/{name}/{{id}}/", f"{name}/{getattr(clinic, name).pk}/"),
    ):
        answers = document["paths"][path]["get"]["responses"]
        schema = answers["200"]["content"]["application/json"]["schema"]
        check(document, schema, get(address), name)


@pytest.mark.parametrize("prefix_and_view", [(p, v) for p, v, _ in router.registry], ids=str)
def test_guide_names_every_filter_and_order(prefix_and_view):
    prefix, view = prefix_and_view
    lists = GUIDE.read_text(encoding="utf-8").partition("## Lists")[2]
    [row] = [line for line in lists.splitlines() if line.startswith(f"| {prefix} |")]
    filters, orders = (set(re.findall(r"`(\w+)`", cell)) for cell in row.split("|")[2:4])
    assert filters == set(view.filterset_class.base_filters) - {"ordering"}
    choices = view.filterset_class.base_filters["ordering"].extra["choices"]
    assert orders == {word for word, _ in choices if not word.startswith("-")}
