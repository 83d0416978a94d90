"""Rules for templates, style sheets and scripts that a machine can check (CONVENTIONS 7, SECURITY BR-1)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template

from core import icons

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if "email" not in path.parts]
STYLES = sorted((settings.BASE_DIR / "static" / "css").rglob("*.css"))
SCRIPTS = sorted((settings.BASE_DIR / "static" / "js").rglob("*.js"))
# The component stories are for developers and speak English; the others hold pieces of tags.
UNTRANSLATED = {"portal/kit.html", "components/button.html", "portal/_question_attributes.html"}


def name_of(path: Path) -> str:
    return path.relative_to(settings.BASE_DIR / "templates").as_posix()


def without_comments(text: str) -> str:
    return re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", text, flags=re.DOTALL)


def markup(path: Path) -> str:
    return without_comments(path.read_text(encoding="utf-8"))


each_page = pytest.mark.parametrize("path", PAGES, ids=name_of)
each_template = pytest.mark.parametrize("path", TEMPLATES, ids=name_of)


@each_template
def test_a_template_compiles(path: Path):
    get_template(name_of(path))


@each_page
def test_no_inline_style_or_script(path: Path):
    text = markup(path)
    assert not re.search(r"\sstyle\s*=|<style\b", text), "Use a class, a data attribute, <progress> or <svg>."
    assert not re.search(r"<script\b(?![^>]*\bsrc=)", text), "No script text in a page."
    assert not re.search(r"""\s(on[a-z]+|hx-on[\w:-]*)\s*=\s*["']""", text), "No handler attributes."
    assert "javascript:" not in text


@each_page
def test_nothing_is_trusted_as_html(path: Path):
    assert not re.search(r"\|\s*safe\b|{%\s*autoescape\s+off|\|\s*safeseq\b", markup(path))


@each_page
def test_no_foreign_address(path: Path):
    assert not re.findall(r"https?://(?!www\.w3\.org/)[\w.-]+", markup(path))


@each_page
def test_a_page_does_not_ask_the_database(path: Path):
    asked = re.findall(r"[{%][^}%]*\.(?:all|exists|objects|select_related)\b", markup(path))
    assert not asked


@each_page
def test_the_first_line_names_the_parameters(path: Path):
    assert re.match(r"{# \S+.*#}\n", path.read_text(encoding="utf-8")), "Begin with {# name: parameters #}."


@each_page
def test_every_post_form_carries_the_token(path: Path):
    for form in re.findall(r"<form\b.*?</form>", markup(path), flags=re.DOTALL):
        if re.search(r'method="post"', form, re.IGNORECASE):
            assert "csrf_token" in form, form[:120]


@each_page
def test_htmx_names_its_target_on_the_element(path: Path):
    for element in re.findall(r"<\w[^>]*\bhx-(?:get|post|patch|put|delete)=[^>]*>", markup(path)):
        assert "hx-target=" in element or 'hx-swap="none"' in element, element[:160]


@each_page
def test_every_named_icon_is_drawn(path: Path):
    for call in re.findall(r"""{%\s*icon\s+["']([^"']+)["']|\bicon=["']([^"']+)["']""", markup(path)):
        name = call[0] or call[1]
        assert name in icons.drawn(), f"lucide has no “{name}”."


@each_page
def test_what_people_read_is_translatable(path: Path):
    if name_of(path) in UNTRANSLATED:
        return
    text = markup(path)
    text = re.sub(r"{%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}", "", text, flags=re.DOTALL)
    named = re.findall(r'\b(?:aria-label|title|placeholder|alt)="([^"{]*[A-Za-z가-힣][^"{]*)"', text)
    assert not named, "Translate names that are read aloud."
    text = re.sub(r"{% block \w+_(class|attributes) %}.*?{% endblock %}", "", text)
    bare = re.sub(r"{%.*?%}|{{.*?}}|<(script|code|kbd)\b.*?</\1>|<!doctype[^>]*>", "", text, flags=re.DOTALL)
    bare = re.sub(r"""<(?:[^<>"']|"[^"]*"|'[^']*')*>""", "", bare)
    bare = re.sub(r"\bMaru\b|\bP\b|&\w+;", "", bare)
    assert not re.findall(r"[A-Za-z가-힣]{2,}[^\n]*", bare), "Text outside {% translate %}."


@each_page
def test_a_page_has_one_main_region_at_most(path: Path):
    assert len(re.findall(r"<main\b", markup(path))) <= 1


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_a_style_sheet_keeps_to_layers_and_tokens(path: Path):
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert "!important" not in text
    assert "@import" not in text
    assert "url(" not in text
    outside = re.sub(r"@layer [\w-]+ {.*?^}", "", text, flags=re.DOTALL | re.MULTILINE)
    assert not outside.strip(), "Everything stands in a cascade layer."
    if path.name != "tokens.css":
        raw = r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\("
        assert not re.findall(raw, text), "Colours come from tokens.css."


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_a_style_sheet_is_indented_as_its_braces_say(path: Path):
    """A brace lost in a merge puts the rules behind it inside another one, where they mean nothing."""
    depth = 0
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        text = re.sub(r"/\*.*?\*/", "", line)
        if text.rstrip().endswith("{") and not text.lstrip().startswith("/*"):
            assert len(text) - len(text.lstrip()) == 2 * depth, f"{path.name}:{number}: {line}"
        depth += text.count("{") - text.count("}")
    assert depth == 0


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_runs_under_our_policy_and_speaks_no_language(path: Path):
    text = path.read_text(encoding="utf-8")
    code = re.sub(r"^\s*//.*$|/\*.*?\*/", "", text, flags=re.MULTILINE | re.DOTALL)
    assert not re.search(r"\beval\(|new Function|\.innerHTML\b|insertAdjacentHTML|document\.write", code)
    assert not re.search(r"[가-힣]", code), "Words come from <maru-texts> or data attributes."
    assert not re.search(r"https?://", code)
    assert len(text.splitlines()) <= 300


def test_no_class_of_a_style_sheet_is_without_use():
    """What nobody uses any more is sent to everybody all the same."""
    code = settings.BASE_DIR.glob("[a-z]*/**/*.py")
    used = {
        word
        for path in [*PAGES, *SCRIPTS, *code]
        if "tests" not in set(path.relative_to(settings.BASE_DIR).parts)
        for word in re.findall(r"[a-z][\w-]*", path.read_text(encoding="utf-8"))
    }
    found = set()
    for path in STYLES:
        rules = re.sub(r"/\*.*?\*/|url\([^)]*\)", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        found |= set(re.findall(r"\.([a-z][\w-]*)", rules))
    assert len(found) > 300
    assert sorted(found - used) == []
