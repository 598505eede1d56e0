from decimal import Decimal

import pytest

from core.ui import charts


@pytest.mark.parametrize(
    ("largest", "top", "step"),
    [
        ("12.4", "15", "5"),
        ("47", "60", "20"),
        ("3", "3", "1"),
        ("10", "10", "5"),
        ("9.5", "10.0", "2.5"),
        ("0.8", "0.8", "0.2"),
        ("6800", "8000", "2000"),
        ("0", "4", "1"),
    ],
)
def test_ceiling_is_round_and_not_below_the_largest_value(largest, top, step):
    assert charts.ceiling(Decimal(largest)) == (Decimal(top), Decimal(step))


def test_bars_stand_on_the_axis_in_proportion():
    plot = charts.bars([("a", 10, "/a"), ("b", 5)], title="T", style="count")
    first, second = (slot.marks[0] for slot in plot.slots)
    assert (first.y, first.height) == ("0.00%", "100.00%")
    assert (second.y, second.height) == ("50.00%", "50.00%")
    assert [slot.title for slot in plot.slots] == ["a: 10", "b: 5"]
    assert plot.slots[0].href == "/a"
    assert plot.linked


def test_bars_take_mappings_and_objects_too():
    plot = charts.bars([{"label": "a", "value": 1, "tone": "danger"}], title="T", style="count")
    assert plot.slots[0].marks[0].css == "s-danger"


def test_stacked_parts_touch_and_end_at_their_sum():
    plot = charts.stacked(["w"], [("x", [30]), ("y", [10])], title="T", style="count")
    low, high = plot.slots[0].marks
    assert (low.y, low.height) == ("25.00%", "75.00%")
    assert (high.y, high.height) == ("0.00%", "25.00%")
    assert plot.slots[0].cells == ["30", "10"]
    assert plot.slots[0].title == "w: x 30, y 10"


def test_line_lifts_the_pen_over_a_gap():
    plot = charts.lines(["a", "b", "c"], [("x", [1, None, 3])], title="T", style="count")
    path = plot.lines[0].path
    assert path.count("M") == 2
    assert "L" not in path
    assert plot.lines[0].area == ""
    assert plot.slots[1].cells == ["—"]


def test_line_target_is_inside_the_plot():
    plot = charts.lines(["a", "b"], [("x", [1, 2])], title="T", style="percent", target=8)
    assert plot.target is not None
    assert plot.target.label == "Target 8%"
    assert plot.target.y == "0.00%"


@pytest.mark.parametrize("many", [1, 8, 9, 30, 366])
def test_labels_never_crowd_and_the_last_one_is_shown(many):
    plot = charts.bars([(str(i), i) for i in range(many)], title="T", style="count")
    shown = [slot.shown for slot in plot.slots]
    assert sum(shown) <= charts.LABELS_AT_MOST
    assert shown[-1]


def test_empty_chart_has_no_slots():
    assert charts.bars([], title="T", style="count").slots == []
    assert charts.lines([], [("x", [])], title="T", style="count").slots == []


def test_spark_spans_the_box_and_survives_equal_values():
    path, _ = charts.spark([5, 5, 5])
    assert path == "M0.00 94.00 L50.00 94.00 L100.00 94.00"
    assert charts.spark([1]) == ("", "")
