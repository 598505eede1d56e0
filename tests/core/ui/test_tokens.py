"""The colours of the design system hold WCAG 2.2 AA, computed from the tokens themselves."""

import re

import pytest
from django.conf import settings

PAIR = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")
CSS = settings.BASE_DIR / "static" / "css"
TOKENS = {name: hexes for name, *hexes in PAIR.findall((CSS / "tokens.css").read_text())}

TEXT_ON = {
    "text": ["canvas", "surface", "sunken", "raised", "hover", "selected", "accent-soft"],
    "text-2": ["canvas", "surface", "sunken", "raised", "hover", "selected", "neutral-soft"],
    "text-3": ["canvas", "surface", "sunken", "raised", "hover", "selected"],
    "accent": ["canvas", "surface", "sunken", "raised", "hover", "selected", "accent-soft"],
    "neutral": ["neutral-soft"],
    "info": ["surface", "info-soft"],
    "success": ["surface", "success-soft", "selected"],
    "warn": ["surface", "canvas", "warn-soft", "selected"],
    "danger": ["surface", "canvas", "danger-soft", "selected"],
}


def luminance(colour):
    def linear(channel):
        value = channel / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[i : i + 2], 16)) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("text", TEXT_ON)
def test_text_contrast_is_at_least_four_and_a_half(text, theme):
    for ground in TEXT_ON[text]:
        ratio = contrast(TOKENS[text][theme], TOKENS[ground][theme])
        assert ratio >= 4.5, f"{text} on {ground}: {ratio:.2f}"


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_white_on_filled_buttons_is_readable(theme):
    for fill in ("accent-fill", "accent-fill-hover", "danger-fill", "danger-fill-hover"):
        ratio = contrast("#ffffff", TOKENS[fill][theme])
        assert ratio >= 4.5, f"{fill}: {ratio:.2f}"


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_control_borders_and_marks_are_at_least_three(theme):
    for mark in ("control-line", "success-mark", "danger-mark", "info-mark", "accent"):
        ratio = contrast(TOKENS[mark][theme], TOKENS["surface"][theme])
        assert ratio >= 3, f"{mark}: {ratio:.2f}"


def test_every_used_token_is_defined():
    defined = set(re.findall(r"(--[\w-]+):", "".join(p.read_text() for p in CSS.glob("*.css"))))
    used = set(re.findall(r"var\((--[\w-]+)", "".join(p.read_text() for p in CSS.glob("*.css"))))
    assert used - defined == set()
