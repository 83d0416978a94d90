"""What every page shows around its content: brand, menus, counts, language and theme.

The apps above register here what they know; nothing is computed before a template asks for it, and then once
per request. A registered function may cost one query.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language

Value = Callable[[HttpRequest], Any]
Shown = Callable[[HttpRequest], bool]
THEMES = ("system", "light", "dark")
THEME_COOKIE = "maru_theme"
AREAS = ("portal", "tabs", "desk", "phone", "account", "design")

_values: dict[str, Value] = {}
_menus: dict[str, list[NavItem]] = {area: [] for area in AREAS}


@dataclass(frozen=True)
class NavItem:
    """One entry of a menu. ``count`` names a registered value; ``show`` hides the entry from some people.

    ``alone`` marks an entry whose address is the beginning of others: it is current on its own page only.
    """

    area: str
    key: str
    label: str | Promise
    url_name: str
    icon: str = ""
    order: int = 50
    count: str = ""
    show: Shown | None = None
    alone: bool = False


def register(name: str, fn: Value) -> None:
    """Offer ``fn(request)`` to all templates as ``shell.<name>``; the last registration of a name holds."""
    _values[name] = fn


def add_nav(item: NavItem) -> None:
    """Add an entry to a menu; an entry with the same key in the same area is replaced."""
    if item.area not in _menus:
        raise ValueError(f"Unknown menu area {item.area!r}; there are {', '.join(AREAS)}.")
    kept = [other for other in _menus[item.area] if other.key != item.key]
    _menus[item.area] = sorted([*kept, item], key=lambda entry: (entry.order, entry.key))


class Shell:
    """The lazily filled frame of one request; templates read its attributes."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    def __getattr__(self, name: str) -> Any:
        """A registered value, computed at its first use; a name nobody registered is empty."""
        if name.startswith("_"):
            raise AttributeError(name)
        if name.endswith("_menu"):
            value: Any = self._menu(name.removesuffix("_menu"))
        else:
            value = _values[name](self._request) if name in _values else ""
        self.__dict__[name] = value
        return value

    def _menu(self, area: str) -> list[dict[str, Any]]:
        items = [item for item in _menus.get(area, []) if item.show is None or item.show(self._request)]
        urls = [reverse(item.url_name) for item in items]
        path = self._request.path
        covering = [
            url
            for item, url in zip(items, urls, strict=True)
            if path == url or (_covers(url, path) and not item.alone)
        ]
        here = max(covering, key=len, default="")
        return [
            {
                "key": item.key,
                "label": item.label,
                "icon": item.icon,
                "url": url,
                "count": getattr(self, item.count) if item.count else 0,
                "current": url == here,
            }
            for item, url in zip(items, urls, strict=True)
        ]


def _covers(url: str, path: str) -> bool:
    return url != "/" and path.startswith(url)


def theme(request: HttpRequest) -> str:
    """``light`` or ``dark`` when the reader chose one, else empty: the system decides."""
    user = getattr(request, "user", None)
    chosen = getattr(user, "theme", "") or request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in {"light", "dark"} else ""


def cookie_theme(request: HttpRequest) -> str:
    """The theme without asking the database, for pages that must show while it is away."""
    chosen = request.COOKIES.get(THEME_COOKIE, "")
    return chosen if chosen in {"light", "dark"} else ""


def other_language(request: HttpRequest) -> dict[str, str]:
    """Code and own name of the language this page can be switched to."""
    return (
        {"code": "en", "name": "English"}
        if (get_language() or "").startswith("ko")
        else {
            "code": "ko",
            "name": "한국어",
        }
    )


def stream_url(request: HttpRequest) -> str:
    """Where the live stream is served: another port in the embedded run, this origin behind a proxy."""
    return f"{settings.LIVE_URL}/api/v1/stream/"


register("theme", theme)
register("cookie_theme", cookie_theme)
register("other_language", other_language)
register("stream_url", stream_url)
register("demo", lambda request: settings.DEMO)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Template context processor: ``shell``."""
    return {"shell": Shell(request)}
