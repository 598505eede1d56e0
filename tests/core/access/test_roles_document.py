"""`docs/roles.md` says what the table of permissions says."""

from pathlib import Path

from django.urls import reverse

from core.access.enums import Role
from core.access.permissions import FIRST_PAGE, PERMISSIONS, WORDS

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "roles.md").read_text(encoding="utf-8")


def table(heading):
    """The rows of the table below a heading, without its head and rule."""
    part = TEXT.split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in row.strip("|").split("|")] for row in rows[2:]]


def test_permissions_of_the_document_are_those_of_the_product():
    roles = list(Role)
    told = {
        cells[0]: {role for role, mark in zip(roles, cells[1:7], strict=True) if mark == "yes"}
        for cells in table("Who may do what")
    }
    assert told == {name: set(allowed) for name, allowed in PERMISSIONS.items()}


def test_words_of_the_document_are_those_of_the_pages():
    assert {cells[0]: cells[7] for cells in table("Who may do what")} == WORDS


def test_columns_of_the_document_stand_in_the_order_of_the_roles():
    head = TEXT.split("## Who may do what\n")[1].split("| --- |")[0]
    assert [c.strip() for c in head.strip().splitlines()[-1].strip("|").split("|")][1:7] == [
        role.label for role in Role
    ]


def test_first_pages_of_the_document_are_those_of_the_product():
    told = {cells[0]: cells[1] for cells in table("First pages")}
    assert told == {role.label: reverse(name) for role, name in FIRST_PAGE.items()}
