from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import engines
from django.test import RequestFactory

from core import clock
from core.ui.widgets import Combobox, DateInput, MoneyInput
from tests.markup import squeezed


def render(text, path="/", **context):
    request = RequestFactory().get(path)
    return engines["django"].from_string(text).render(context, request)


def test_money_is_escaped_toned_and_tabular():
    assert render("{% money a %}", a=Decimal("-3.5")) == '<span class="money neg">−$3.50</span>'
    assert render('{% money a "gain" %}', a=Decimal(3)) == '<span class="money gain">+$3.00</span>'
    assert render("{% money a %}", a=None) == '<span class="money zero">—</span>'


def test_dated_takes_the_colour_of_its_age():
    with clock.at(datetime(2026, 11, 23, 17, tzinfo=UTC)):
        shown = render("{% dated d 30 45 %}", d=date(2026, 10, 1))
        fresh = render("{% dated d 30 45 %}", d=date(2026, 11, 20))
    assert 'data-tone="danger">53 d<' in shown
    assert 'data-tone="">3 d<' in fresh


def test_code_says_its_plain_words_to_screen_readers():
    shown = render('{% code "J02.9" "icd10cm" words %}', words="A <b>")
    assert 'data-tip="A &lt;b&gt;"' in shown
    assert '<span class="sr-only">: A &lt;b&gt;</span>' in shown


def test_sort_cycles_and_keeps_filters():
    tag = '{% sort "Charge" "charge" first="desc" %}'
    assert "?payer=2&amp;sort=-charge" in render(tag, "/?payer=2&page=3")
    assert "?payer=2&amp;sort=charge" in render(tag, "/?payer=2&sort=-charge")
    assert 'aria-sort="descending"' in render(tag, "/?sort=-charge")


def test_pagination_keeps_filters_and_marks_the_page():
    page = Paginator(range(95), 10).page(4)
    shown = render('{% pagination page "claim" %}', "/?q=a&page=4", page=page)
    assert "31–40 of 95 claims" in squeezed(shown)
    assert 'href="?q=a&amp;page=5"' in shown
    assert '<span aria-current="page">4</span>' in shown


def test_pagination_of_one_is_in_the_singular():
    page = Paginator(["Ada"], 10).page(1)
    shown = render('{% pagination page "person" "people" %}', page=page)
    assert "<span>1 person</span>" in squeezed(shown)
    assert (
        render('{{ 1|counted:"person,people" }}, {{ 2|counted:"claim" }}') == "1 person, 2 claims"
    )


def test_query_drops_empty_parameters():
    assert render("{% query payer='' q='b' %}", "/?payer=2") == "?q=b"


class SmallForm(forms.Form):
    member_id = forms.CharField(
        help_text="As on the card.", error_messages={"required": "Enter the member ID."}
    )
    born = forms.DateField(widget=DateInput, required=False)
    copay = forms.DecimalField(widget=MoneyInput, required=False)
    dx = forms.CharField(widget=Combobox("design-options"), required=False)
    agreed = forms.BooleanField(required=False)


def test_field_ties_hint_and_error_to_its_control():
    shown = render("{% field form.member_id %}", form=SmallForm({}))
    assert 'aria-describedby="id_member_id_helptext id_member_id_error"' in shown
    assert 'aria-invalid="true"' in shown
    assert "Enter the member ID." in shown


def test_form_errors_link_to_their_fields():
    shown = render("{% form_errors form %}", form=SmallForm({}))
    assert '<a href="#id_member_id">Member id</a>: Enter the member ID.' in shown
    assert render("{% form_errors form %}", form=SmallForm({"member_id": "W1"})).strip() == ""


def test_whole_form_is_drawn_with_the_same_fields():
    shown = render("{{ form }}", form=SmallForm())
    assert shown.count('class="field') == 5
    assert 'type="date"' in shown
    assert 'inputmode="decimal"' in shown
    assert 'role="combobox"' in shown


def test_combobox_without_script_sends_what_was_typed():
    shown = render("{{ form.dx }}", form=SmallForm({"dx": "J02.9"}))
    assert 'name="dx" type="text" role="combobox"' in shown
    assert '<input type="hidden" data-combobox-value value="J02.9">' in shown


def test_chart_has_its_numbers_in_a_table():
    shown = render(
        '{% bar_chart rows "Denials" style="money" head="Week" %}',
        rows=[("W1", Decimal("12.5"), "/w1")],
    )
    assert '<td class="num">$12.50</td>' in shown
    assert '<a href="/w1" aria-label="W1: $12.50">' in shown


def test_tile_links_its_number():
    shown = render('{% tile "Open" 12 href="/open/" delta="3" good=False direction="up" %}')
    assert '<a class="tile-value" href="/open/" aria-label="Open: 12">12</a>' in shown
    assert 'data-tone="danger"' in shown


@pytest.mark.parametrize(
    ("name", "letters"), [("Ines Moreau", "IM"), ("ada", "A"), ("Dr. A. B. Cole", "DC"), ("", "?")]
)
def test_avatar_shows_initials(name, letters):
    assert f">{letters}<" in render("{% avatar n %}", n=name)
