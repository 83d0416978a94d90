"""The components of our pages as template tags, and the filters that write times, money and names.

A tag refuses a parameter it does not know: a misspelt tone is an error in the first test that shows the page,
not a colourless badge in front of a customer. This library is a template builtin: no ``{% load %}`` needed.
"""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.forms import BoundField
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from core import assets, formats, icons
from core.components import (
    BUTTON_VARIANTS,
    PRIORITIES,
    SLA_ICONS,
    TONES,
    attributes,
    clock_words,
    field_kind,
    hue_of,
    one_of,
)
from core.mentions import marked

register = template.Library()


# filters


@register.filter
def when(moment: dt.datetime | dt.date | None, style: str = "relative") -> str | SafeString:
    """A ``<time>`` in one style: ``relative``, ``exact``, ``compact``, ``due``, ``zoned``, ``date`` or
    ``time``.

    The exact moment in the reader's zone is in ``title``; nothing is shown for no moment.
    """
    if moment is None or moment == "":
        return ""
    if not isinstance(moment, dt.datetime):
        return format_html('<time datetime="{}">{}</time>', moment.isoformat(), formats.day_text(moment))
    shown = formats.STYLES[one_of("style", style, formats.STYLES)](moment)
    local = formats.in_zone(moment)
    title = f"{formats.exact(moment)} {local.tzname() or ''}".strip()
    return format_html('<time datetime="{}" title="{}">{}</time>', moment.isoformat(), title, shown)


@register.filter
def money(amount: Decimal | float | str | None, currency: str = "KRW") -> str:
    """``₩ 684,000``."""
    return formats.money(amount, currency)


@register.filter
def josa(word: Any, pair: str) -> str:
    """The word with the fitting Korean particle: ``{{ name|josa:"을/를" }}``."""
    return formats.josa(str(word), pair)


@register.filter
def mentions(text: str) -> SafeString:
    """What somebody wrote, with the people it names in bold."""
    return marked(text)


@register.filter
def span(seconds: float | None) -> str:
    """A length of time in its two largest units: ``4 h 30 min``."""
    return "" if seconds is None else formats.span(seconds)


@register.filter
def hours(seconds: float | None) -> str:
    """A length of business time in hours and minutes: ``27 h``."""
    return "" if seconds is None else formats.hours(seconds)


@register.filter
def clock_face(seconds: float | None) -> str:
    """Seconds as a running clock shows them: ``1:22:18``, ``4:07``, ``2d 3h``, ``−6:12``."""
    return formats.clock_face(seconds or 0)


@register.filter
def item(mapping: Mapping[Any, Any], key: Any) -> Any:
    """The value under a key that a template holds in a variable."""
    return mapping.get(key, "")


# small parts


@register.simple_tag
def icon(name: str, size: str = "", label: str = "") -> SafeString:
    """One icon of the sprite; ``size`` is empty, ``lg``, ``xl`` or ``xxl``; a ``label`` is read aloud."""
    return _icon(name, size, str(label))


@lru_cache(maxsize=2048)
def _icon(name: str, size: str, label: str) -> SafeString:
    """A page has hundreds of them, and few different ones."""
    one_of("size", size, ("", "lg", "xl", "xxl"))
    shown = name if name in icons.known() or settings.DEBUG else icons.FALLBACK
    named = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    sized = format_html(' data-size="{}"', size) if size else ""
    return format_html(
        '<svg class="icon"{} {}><use href="{}#{}"></use></svg>', sized, named, static("icons.svg"), shown
    )


@register.inclusion_tag("components/badge.html")
def badge(label: str, tone: str = "neutral", icon: str = "") -> dict[str, Any]:
    """A word in a pill; the tone repeats what the word says."""
    return {"label": label, "tone": one_of("tone", tone, TONES), "icon": icon}


@register.simple_tag
def avatar(person: Any, size: str = "", *, named: bool = False, present: bool = False) -> SafeString:
    """A person's initials on their own colour; no person is the platform.

    ``named`` reads the name aloud; ``present`` puts a ring around who has the ticket open.
    """
    words = (person.initials, person.display_name) if person else ("", "")
    return _avatar(*words, hue_of(person), size, named=named, present=present)


@lru_cache(maxsize=4096)
def _avatar(initials: str, name: str, hue: int, size: str, *, named: bool, present: bool) -> SafeString:
    names = {
        "initials": initials,
        "name": name,
        "hue": hue,
        "size": one_of("size", size, ("", "sm", "md", "lg")),
        "named": named,
        "present": present,
    }
    return render_to_string("components/avatar.html", names)


@register.simple_tag
def prio(level: int | None) -> SafeString:
    """The priority glyph, 1 (most urgent, four bars) to 5 (none)."""
    return _prio(one_of("priority", level or 5, PRIORITIES), get_language())


@lru_cache(maxsize=64)
def _prio(level: int, language: str | None) -> SafeString:
    return render_to_string("components/prio.html", {"level": int(level)})


@register.simple_tag
def sla_clock(clock: Any) -> SafeString:
    """What is left of a promise, ticking while business time passes.

    ``clock`` has state, left_seconds, pause_reason and maybe is_ticking. Without the template of a component:
    a list has fifty of them, and no two are alike for long.
    """
    state = one_of("state", clock.state, SLA_ICONS)
    words, drawn = clock_words(clock), _icon(SLA_ICONS[state], "", "")
    if state not in {"ok", "warn", "crit", "breached"}:
        return format_html('<span class="sla" data-state="{}">{}<span>{}</span></span>', state, drawn, words)
    return format_html(
        '<span class="sla" data-state="{}">{}<span class="sr-only">{}</span>'
        '<sla-clock left="{}"{}>{}</sla-clock></span>',
        *(state, drawn, words, clock.left_seconds),
        SafeString("" if getattr(clock, "is_ticking", True) else " still"),
        formats.clock_face(clock.left_seconds),
    )


@register.inclusion_tag("components/meter.html")
def meter(percent: float, state: str = "ok", label: str = "") -> dict[str, Any]:
    """A bar that is ``percent`` (0 to 100) full."""
    return {
        "percent": min(100, max(0, round(percent))),
        "state": one_of("state", state, SLA_ICONS),
        "label": label,
    }


@register.inclusion_tag("components/button.html")
def button(
    label: str,
    *,
    href: str = "",
    variant: str = "",
    size: str = "",
    icon: str = "",
    icon_only: bool = False,
    **extra: Any,
) -> dict[str, Any]:
    """A link that looks like a button when ``href`` is given, else a button (``type="submit"`` by default).

    Any other parameter becomes an attribute, underscores as hyphens: ``hx_post=url``, ``data_key="KeyR"``.
    """
    if not href:
        extra.setdefault("type", "submit")
    own = {
        "data_variant": one_of("variant", variant, BUTTON_VARIANTS),
        "data_size": one_of("size", size, ("", "sm", "lg")),
        "data_icon_only": icon_only,
    }
    if icon_only:
        own |= {"aria_label": label, "title": label}
    return {
        "label": label,
        "href": href,
        "icon": icon,
        "icon_only": icon_only,
        "attributes": attributes(own | extra),
    }


# forms


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, width: str = "", icon: str = "", label: str = "") -> dict[str, Any]:
    """Label, control, help and errors of one form field, tied together for screen readers."""
    return {
        "field": bound,
        "label": label or bound.label,
        "kind": field_kind(bound),
        "width": one_of("width", width, ("", "short")),
        "icon": icon,
    }


@register.inclusion_tag("components/form_errors.html")
def form_errors(form: Any) -> dict[str, Any]:
    """The summary above a refused form; it takes the focus and links to each field."""
    return {"form": form, "fields": [form[name] for name in form.errors if name in form.fields]}


@register.simple_tag
def once_key(value: str = "") -> SafeString:
    """The hidden key that makes a form count once, however often it is sent; keeps a key sent before."""
    return format_html('<input type="hidden" name="once_key" value="{}">', value or uuid.uuid4())


# larger parts


@register.inclusion_tag("components/tracker.html")
def tracker(stages: Iterable[Any], label: str = "") -> dict[str, Any]:
    """The parcel tracker. A stage has label and state (done, now, todo, failed), maybe detail and since."""
    shown = list(stages)
    for stage in shown:
        one_of("state", stage.state, ("done", "now", "todo", "failed"))
    return {"stages": shown, "label": label}


@register.inclusion_tag("components/timeline_item.html")
def timeline_item(entry: Any) -> dict[str, Any]:
    """One core.components.Entry of a conversation."""
    one_of("kind", entry.kind, ("in", "out", "note", "system"))
    return {"entry": entry}


@register.inclusion_tag("components/approval_card.html", takes_context=True)
def approval_card(context: template.Context, card: Any, next_url: str = "") -> dict[str, Any]:
    """Who asks for what at what cost, with two large buttons (core.components.ApprovalCard)."""
    return {"card": card, "next_url": next_url, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("components/tabs.html")
def tabs(entries: Iterable[Any], label: str, look: str = "tabs") -> dict[str, Any]:
    """Links of which one is current. An entry has label, url, current, and may have count and icon."""
    return {"entries": entries, "label": label, "look": one_of("look", look, ("tabs", "seg"))}


@register.inclusion_tag("components/empty.html")
def empty_state(
    title: str, text: str = "", url: str = "", action: str = "", icon: str = "inbox"
) -> dict[str, Any]:
    """What an empty place is for, and the one thing to do about it (``empty`` is a word of ``{% for %}``)."""
    return {"title": title, "text": text, "url": url, "action": action, "icon": icon}


@register.inclusion_tag("components/pager.html")
def pager(next_url: str, target: str = "") -> dict[str, Any]:
    """``Load more`` for a keyset page; without JavaScript it opens the next page."""
    return {"next_url": next_url, "target": target}


@register.inclusion_tag("components/skeleton.html")
def skeleton(lines: int = 3) -> dict[str, Any]:
    """Grey lines in the place of a fragment that takes longer than 400 ms."""
    return {"lines": range(lines)}


@register.simple_block_tag
def alert(content: str, tone: str = "info", icon: str = "info", role: str = "status") -> SafeString:
    """A bar that tells of something: ``{% alert "warn" icon="cloud-alert" %}…{% endalert %}``."""
    one_of("tone", tone, ("info", "good", "warn", "bad", "ask"))
    names = {"content": content, "tone": tone, "icon": icon, "role": role}
    return render_to_string("components/alert.html", names)


@register.simple_block_tag
def dialog(content: str, id: str, title: str) -> SafeString:
    """A native dialog; a button with ``data-dialog="<id>"`` opens it (js/dialog.js)."""
    return render_to_string("components/dialog.html", {"content": content, "id": id, "title": title})


@register.simple_block_tag
def prop_row(content: str, label: str) -> SafeString:
    """One row of a property list; the value is the block."""
    return format_html("<dt>{}</dt><dd>{}</dd>", label, conditional_escape(content))


# the page itself


@register.simple_tag(takes_context=True)
def import_map(context: template.Context) -> SafeString:
    """The import map of the modules that only some pages load, with the request's nonce (STACK AS-3)."""
    names = {f"maru/{path.stem}": static(f"js/modules/{path.name}") for path in assets.module_files()}
    if not names:
        return mark_safe("")
    nonce = getattr(context.get("request"), "csp_nonce", "")
    body = json.dumps({"imports": names}).replace("<", "\\u003c")
    return format_html('<script type="importmap" nonce="{}">{}</script>', nonce, mark_safe(body))  # noqa: S308 - JSON, "<" escaped
