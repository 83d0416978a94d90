"""Components, the words of times and amounts, icons, and the budgets of what a page loads."""

from __future__ import annotations

import datetime as dt
import gzip
import re
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
import time_machine
from django import forms
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template import Context, Template
from django.utils import timezone, translation

from core import assets, components, context, formats, icons

SEOUL = timezone.get_fixed_timezone(540)
NOW = dt.datetime(2026, 11, 24, 14, 5, tzinfo=SEOUL)


def shown(source: str, **names: object) -> str:
    return Template(source).render(Context(names)).strip()


@pytest.fixture
def korean():
    with translation.override("ko"), timezone.override(SEOUL), time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def english():
    with translation.override("en"), timezone.override(SEOUL), time_machine.travel(NOW, tick=False):
        yield


# times


def test_a_moment_in_korean(korean):
    assert formats.exact(NOW) == "11월 24일 (화) 오후 2:05"
    assert formats.compact(NOW) == "11.24 14:05"
    assert formats.exact(NOW.replace(year=2025, hour=0)) == "2025년 11월 24일 (월) 오전 12:05"
    assert formats.exact(NOW.replace(hour=12)) == "11월 24일 (화) 오후 12:05"


def test_a_moment_in_english(english):
    assert formats.exact(NOW) == "Tue 24 Nov, 14:05"
    assert formats.compact(NOW) == "24 Nov 14:05"
    assert formats.compact(NOW.replace(year=2025)) == "24 Nov 2025 14:05"


@pytest.mark.parametrize(
    ("away", "text"),
    [
        (dt.timedelta(seconds=20), "just now"),
        (dt.timedelta(minutes=12), "12 min ago"),
        (dt.timedelta(hours=23, minutes=59), "23 h ago"),
        (dt.timedelta(days=6), "6 d ago"),
        (dt.timedelta(days=7), "17 Nov 14:05"),
        (-dt.timedelta(hours=3), "in 3 h"),
        (-dt.timedelta(seconds=20), "in a moment"),
    ],
)
def test_a_moment_near_now_is_relative(english, away, text):
    assert formats.relative(NOW - away) == text


def test_a_due_time_names_the_day(english):
    assert formats.due(NOW) == "Today 14:05"
    assert formats.due(NOW + dt.timedelta(days=1)) == "Tomorrow 14:05"
    assert formats.due(NOW + dt.timedelta(days=3)) == "Fri 27 Nov 14:05"


def test_when_shows_the_readers_zone_and_keeps_the_exact_moment(english):
    moment = dt.datetime(2026, 11, 24, 5, 5, tzinfo=dt.UTC)
    html = shown("{{ moment|when:'time' }}", moment=moment)
    assert html.startswith('<time datetime="2026-11-24T05:05:00+00:00" title="Tue 24 Nov, 14:05')
    assert html.endswith(">14:05</time>")


def test_when_refuses_a_style_it_does_not_know(english):
    with pytest.raises(ValueError, match="style must be one of"):
        shown("{{ moment|when:'pretty' }}", moment=NOW)


def test_nothing_is_shown_for_no_moment():
    assert shown("[{{ moment|when }}]", moment=None) == "[]"


@pytest.mark.parametrize(
    ("seconds", "face"), [(4938, "1:22:18"), (247, "4:07"), (183_600, "2d 3h"), (-372, "−6:12"), (0, "0:00")]
)
def test_a_clock_face(seconds, face):
    assert formats.clock_face(seconds) == face


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (900, "15 min"),
        (16_200, "4 h 30 min"),
        (183_600, "2 d 3 h"),
        (5, "5 s"),
        (-9, "0 s"),
        (172_800, "2 d"),
    ],
)
def test_a_length_of_time(english, seconds, text):
    assert formats.span(seconds) == text


# amounts and particles


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (Decimal("684000.00"), "KRW", "₩ 684,000"),
        (1200, "USD", "$ 1,200.00"),
        (Decimal("-5"), "KRW", "−₩ 5"),
        (None, "KRW", ""),
        ("12.5", "CHF", "CHF 12.50"),
    ],
)
def test_money(amount, currency, text):
    assert formats.money(amount, currency) == text


@pytest.mark.parametrize(
    ("word", "pair", "text"),
    [
        ("노트북", "을/를", "노트북을"),
        ("마우스", "을/를", "마우스를"),
        ("서울", "으로/로", "서울로"),
        ("부산", "으로/로", "부산으로"),
        ("집", "으로/로", "집으로"),
        ("VPN", "이/가", "VPN이"),
        ("CPU", "은/는", "CPU는"),
        ("Windows 11", "을/를", "Windows 11을"),
        ("REQ-2", "과/와", "REQ-2와"),
        ("김지민(영업)", "이/가", "김지민(영업)이"),
        ("XYZ®", "을/를", "XYZ®을(를)"),
        ("", "을/를", "을(를)"),
    ],
)
def test_the_korean_particle_follows_the_last_sound(word, pair, text):
    assert formats.josa(word, pair) == text


# tags


@pytest.mark.parametrize(
    "source",
    [
        '{% badge "x" tone="pink" %}',
        '{% icon "check" size="huge" %}',
        '{% button "x" variant="loud" %}',
        "{% prio 7 %}",
        '{% alert "loud" %}x{% endalert %}',
        '{% tabs entries "x" look="round" %}',
    ],
)
def test_a_parameter_that_does_not_exist_is_an_error(source):
    with pytest.raises(ValueError, match="must be one of"):
        shown(source, entries=[])


@pytest.mark.parametrize("name", ["onclick", "hx_on_click", "style", "hx_on__after_swap"])
def test_a_button_takes_no_inline_script_or_style(name):
    with pytest.raises(ValueError, match="not allowed"):
        components.attributes({name: "alert(1)"})


def test_what_a_tag_is_given_is_escaped():
    html = shown('{% badge text tone="bad" %}{% button text title=text %}', text='"><svg onload=x>')
    assert "<svg onload" not in html
    assert html.count("&lt;svg onload=x&gt;") == 3


def test_a_button_is_a_link_when_it_leads_somewhere():
    assert shown('{% button "Go" href="/x/" icon="check" %}').startswith('<a class="button" href="/x/">')
    html = shown('{% button "Go" hx_post="/x/" disabled=True %}')
    assert html.startswith('<button class="button" disabled hx-post="/x/" type="submit">')
    assert html.split(">")[1].split("<")[0].strip() == "Go"


def test_a_button_with_an_icon_alone_has_a_name():
    html = shown('{% button "Remove" icon="x" icon_only=True variant="ghost" size="sm" %}')
    assert 'data-variant="ghost" data-size="sm" aria-label="Remove" title="Remove"' in html
    assert " data-icon-only" in html
    assert html.count("Remove") == 2


def test_an_icon_nobody_drew_becomes_the_fallback():
    assert f"#{icons.FALLBACK}" in shown("{% icon name %}", name="no-such-icon")


def test_a_field_names_its_error_and_help():
    class Form(forms.Form):
        title = forms.CharField(max_length=3, help_text="Short.")

    html = shown("{% form_errors form %}{% field form.title %}", form=Form({"title": "long"}))
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_title_helptext id_title_error"' in html
    assert 'id="id_title_helptext"' in html
    assert 'id="id_title_error"' in html
    assert '<a href="#id_title">' in html


def test_a_clock_says_its_state_in_words(english):
    clock = SimpleNamespace(state="breached", left_seconds=-372, pause_reason="")
    html = shown("{% sla_clock clock %}", clock=clock)
    assert 'data-state="breached"' in html
    assert "overdue by 6 min" in html
    assert '<sla-clock left="-372">−6:12</sla-clock>' in html


def test_a_clock_stands_still_outside_business_hours():
    resting = SimpleNamespace(state="ok", left_seconds=7200, pause_reason="", is_ticking=False)
    running = SimpleNamespace(state="ok", left_seconds=7200, pause_reason="", is_ticking=True)
    assert '<sla-clock left="7200" still>2:00:00</sla-clock>' in shown("{% sla_clock clock %}", clock=resting)
    assert '<sla-clock left="7200">2:00:00</sla-clock>' in shown("{% sla_clock clock %}", clock=running)


def test_the_same_person_always_has_the_same_colour():
    person = SimpleNamespace(username="jimin", initials="JK", display_name="Jimin Kim")
    assert components.hue_of(person) == components.hue_of(SimpleNamespace(username="jimin"))
    assert 0 <= components.hue_of(person) < components.HUES
    assert "Jimin Kim" in shown("{% avatar person named=True %}", person=person)


def test_the_one_time_key_of_a_refused_form_is_kept():
    assert shown('{% once_key "5f0c" %}') == '<input type="hidden" name="once_key" value="5f0c">'
    assert shown("{% once_key %}") != shown("{% once_key %}")


# the shell


def test_the_shell_computes_a_value_once_and_only_when_asked(rf, monkeypatch):
    calls = []
    monkeypatch.setitem(context._values, "probe", lambda request: calls.append(request) or 7)
    shell = context.Shell(rf.get("/"))
    assert calls == []
    assert shell.probe == 7
    assert shell.probe == 7
    assert len(calls) == 1
    assert shell.nobody_registered_this == ""


def test_an_unknown_menu_area_is_refused():
    with pytest.raises(ValueError, match="Unknown menu area"):
        context.add_nav(context.NavItem("cellar", "x", "X", "portal:home"))


# what pages load


def test_the_sprite_holds_what_is_named_and_the_choices():
    names = set(icons.used())
    assert set(icons.CHOICES) <= names
    assert set(components.SLA_ICONS.values()) <= names
    assert names <= icons.drawn()
    assert icons.sprite().count("<symbol ") == len(names)


def test_generated_files_are_found_and_follow_their_sources(tmp_path, monkeypatch):
    monkeypatch.setattr(assets, "folder", lambda: tmp_path)
    path = finders.find("app.css")
    assert path == str(tmp_path / "app.css")
    first = (tmp_path / "app.css").read_text(encoding="utf-8")
    assert first.startswith(assets.LAYERS)
    assert all(f"/* {p.relative_to(settings.BASE_DIR).as_posix()} */" in first for p in assets.css_files())
    (tmp_path / "app.css").write_text("old")
    before = dt.datetime(2020, 1, 1, tzinfo=dt.UTC).timestamp()
    __import__("os").utime(tmp_path / "app.css", (before, before))
    assert assets.generate("app.css").read_text(encoding="utf-8") == first


@pytest.mark.parametrize("room", assets.ROOMS)
def test_the_sheet_of_a_room_holds_its_files_and_no_other_sheet_has_them(room):
    files = assets.room_files(room)
    assert files
    assert not set(files) & set(assets.css_files())
    text = Path(finders.find(f"{room}.css")).read_text(encoding="utf-8")
    assert all(f"/* {p.relative_to(settings.BASE_DIR).as_posix()} */" in text for p in files)


def test_modules_import_nothing_from_each_other():
    for path in assets.js_files():
        assert not re.search(r"^\s*(import|export)\b", path.read_text(encoding="utf-8"), re.MULTILINE), (
            path.name
        )


def packed(text: str) -> int:
    return len(gzip.compress(text.encode(), 9))


def test_pages_stay_within_their_budgets():
    """UI section 10."""
    htmx = finders.find("django_htmx/htmx-2.min.js")
    with open(htmx, encoding="utf-8") as file:
        script = packed(file.read()) + packed(assets.script())
    assert packed(assets.style_sheet()) <= 14 * 1024
    assert packed(assets.style_sheet()) + packed(assets.room_sheet("desk")) <= 20 * 1024
    assert script <= 32 * 1024
    assert packed(icons.sprite()) <= 8 * 1024


@pytest.mark.parametrize("path", assets.js_files(), ids=lambda path: path.name)
def test_what_is_left_out_of_a_module_is_comment_and_indentation(path: Path):
    source = path.read_text(encoding="utf-8")
    assert all(line.count("`") % 2 == 0 for line in source.splitlines()), "no text over several lines"
    left = [line.strip() for line in source.splitlines() if line.strip()]
    assert assets.bare(source).splitlines() == [line for line in left if not line.startswith("//")]
    assert "/*" not in source


# colours


def _tokens() -> dict[str, tuple[str, str]]:
    css = (settings.BASE_DIR / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
    both = re.findall(r"--([\w-]+):\s*light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", css)
    single = re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", css)
    return {name: (colour, colour) for name, colour in single} | {n: (light, dark) for n, light, dark in both}


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


PAIRS = [
    ("text", "bg surface surface-2 note", 4.5),
    ("text-2", "surface bg surface-3 amber-soft red-soft green-soft blue-soft violet-soft", 4.5),
    ("text-3", "surface bg surface-2 surface-3 accent-soft accent-tint note", 4.5),
    ("accent", "surface accent-soft surface-2 bg", 4.5),
    ("on-accent", "accent-solid accent-solid-hover red-solid", 4.5),
    ("on-accent", " ".join(f"hue-{n}" for n in range(components.HUES)), 4.5),
    ("red", "surface red-soft bg accent-soft", 4.5),
    ("amber", "surface amber-soft note accent-soft", 4.5),
    ("green", "surface green-soft", 4.5),
    ("blue", "surface blue-soft", 4.5),
    ("violet", "surface violet-soft", 4.5),
    ("rail-text", "rail rail-active", 4.5),
    ("line-strong", "surface bg", 3),
    ("focus", "surface bg", 3),
    ("note-line", "note bg", 3),
]


@pytest.mark.parametrize(("front", "grounds", "least"), PAIRS)
def test_colours_are_readable_in_both_themes(front, grounds, least):
    tokens = _tokens()
    for ground in grounds.split():
        for theme in (0, 1):
            ratio = contrast(tokens[front][theme], tokens[ground][theme])
            assert ratio >= least, f"{front} on {ground}, theme {theme}: {ratio:.2f}"
