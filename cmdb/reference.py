"""The seed tree of CI classes."""

from __future__ import annotations

from typing import Any

from cmdb.models import CIClass

# Each class by key, with its parent's key, both names and the icon.
CLASSES: dict[str, tuple[str, str, str, str]] = {
    "ci": ("", "구성 항목", "Configuration item", "box"),
    "hardware": ("ci", "하드웨어", "Hardware", "hard-drive"),
    "computer": ("hardware", "컴퓨터", "Computer", "monitor"),
    "laptop": ("computer", "노트북", "Laptop", "laptop"),
    "server": ("computer", "서버", "Server", "server"),
    "network_gear": ("hardware", "네트워크 장비", "Network gear", "network"),
    "printer": ("hardware", "프린터", "Printer", "printer"),
    "phone": ("hardware", "휴대폰", "Phone", "smartphone"),
    "database": ("ci", "데이터베이스", "Database", "database"),
    "application": ("ci", "애플리케이션", "Application", "app-window"),
    "service": ("ci", "업무 서비스", "Business service", "globe"),
}


def load(**_kwargs: Any) -> None:
    """Make the seed classes that are missing."""
    known = {row.key: row for row in CIClass.objects.all()}
    for key, (parent, name_ko, name_en, icon) in CLASSES.items():
        if key not in known:
            known[key] = CIClass.objects.create(
                key=key, parent=known.get(parent), name_ko=name_ko, name_en=name_en, icon=icon
            )
