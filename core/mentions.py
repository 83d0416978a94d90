"""Names of people in what is written: “@seojin” (PROCESSES NTF-08)."""

from __future__ import annotations

import re

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

MOST = 20  # people in one text; a longer list is a mailing list
# Not in the middle of a word or an address: somebody@example.com mentions nobody.
MENTION = re.compile(r"(?<![\w@/.+-])@([A-Za-z0-9][\w.+-]{0,59})", re.ASCII)


def names_in(text: str) -> list[str]:
    """The user names that are mentioned, in lower case, each once, in their order; at most ``MOST``."""
    found = (match[1].rstrip(".-+").lower() for match in MENTION.finditer(text))
    return list(dict.fromkeys(found))[:MOST]


def marked(text: str) -> SafeString:
    """The text for a page, escaped, with each mention in bold."""
    return mark_safe(MENTION.sub(r"<b>\g<0></b>", conditional_escape(text)))  # noqa: S308 - escaped before
