"""Templates keep to the strict content policy and to what the design system has."""

import gzip
import re

import pytest
from django.conf import settings
from django.template import engines
from django.template.loader import get_template

ROOT = settings.BASE_DIR / "templates"
TEMPLATES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.html"))
SPRITE = (settings.BASE_DIR / "static" / "icons.svg").read_text()
ICONS = set(re.findall(r'<symbol id="([\w-]+)"', SPRITE))


def source(name):
    return (ROOT / name).read_text()


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_compiles(name):
    assert get_template(name)


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_has_no_inline_style_script_or_handler(name):
    text = re.sub(r"{%.*?%}|{#.*?#}", "", source(name), flags=re.S)
    assert not re.search(r"\sstyle=", text)
    assert not re.search(r"<style\b", text)
    assert not re.search(r"\son[a-z]+=[\"']", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert "hx-on" not in text
    assert "javascript:" not in text


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_uses_icons_of_the_sprite(name):
    text = source(name)
    used = set(re.findall(r'{% icon "([\w-]+)"', text)) | set(
        re.findall(r'\bicon="([\w-]+)"', text)
    )
    assert used <= ICONS


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_posts_with_a_token(name):
    for form in re.findall(r"<form\b[^>]*method=[\"']post.*?</form>", source(name), re.S | re.I):
        assert "csrf_token" in form


def test_lines_are_at_most_120_characters():
    long = [
        f"{name}:{number}: {len(line)}"
        for name in TEMPLATES
        for number, line in enumerate(source(name).splitlines(), 1)
        if len(line) > 120
    ]
    assert long == []


def test_text_of_an_empty_state_may_be_broken():
    page = engines["django"].from_string(
        '{% empty_state "None" %}\n  A claim\n  waits {{ why }}.\n{% endempty_state %}'
    )
    assert "<p>A claim waits &lt;b&gt;.</p>" in page.render({"why": "<b>"})


def test_tags_are_built_in():
    rendered = engines["django"].from_string('{{ n|count }} {% badge "x" %}').render({"n": 1200})
    assert rendered == '1,200 <span class="badge" data-tone="neutral">x</span>'


def test_style_sheets_stay_small_on_the_wire():
    """What every page loads; a stage's own sheet stands beside it and is small too."""
    folder = settings.BASE_DIR / "static" / "css"
    base = re.findall(r'"([\w ]+)"\|words %}\s*<link', source("base.html"))[0].split()
    sizes = {path.stem: len(gzip.compress(path.read_bytes())) for path in folder.glob("*.css")}
    assert sum(sizes[name] for name in base) < 18_000
    assert all(size < 4_000 for name, size in sizes.items() if name not in base)
