"""A browser's User-Agent in words: enough for people to know their own devices, never a decision."""

from __future__ import annotations

from django.utils.translation import gettext as _

# The first that fits counts: most browsers also name the ones they descend from.
_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Whale/", "Naver Whale"),
    ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"),
    ("Safari/", "Safari"), ("curl/", "curl"), ("python", "Python"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
    ("CrOS", "ChromeOS"), ("Mac OS X", "macOS"), ("Macintosh", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


def words(user_agent: str) -> str:
    """Such as ``Chrome · Windows``; a word for what is not known."""
    found = [
        next((name for sign, name in table if sign.lower() in user_agent.lower()), "")
        for table in (_BROWSERS, _SYSTEMS)
    ]
    return " · ".join(name for name in found if name) or _("Unknown program")
