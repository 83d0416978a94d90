"""Seed rules for major incidents (PROCESSES INC-14); loaded after each migration, changing nothing edited."""

from __future__ import annotations

from typing import Any

from incidents.models import MajorRule

RULES: dict[str, dict[str, Any]] = {
    "priority-1": {
        "name_ko": "우선순위 1",
        "name_en": "Priority 1",
        "order": 10,
        "condition": {"f": "priority", "op": "eq", "v": 1},
    },
    "vital-item": {
        "name_ko": "핵심 구성 항목(중요도 1–2)의 우선순위 2 이상",
        "name_en": "Priority 2 or higher on an item of criticality 1 or 2",
        "order": 20,
        "condition": {
            "all": [
                {"f": "ci.criticality", "op": "lte", "v": 2},
                {"f": "priority", "op": "lte", "v": 2},
            ]
        },
    },
    "many-children": {
        "name_ko": "하위 인시던트 20건 초과",
        "name_en": "More than 20 children",
        "order": 30,
        "least_children": 21,
    },
    "many-people": {
        "name_ko": "15분 안에 같은 구성 항목을 10명 이상이 신고",
        "name_en": "10 people or more report the same item within 15 minutes",
        "order": 40,
        "least_people": 10,
        "people_minutes": 15,
    },
}


def load(**_kwargs: Any) -> None:
    """Add the rules that are missing."""
    for key, values in RULES.items():
        MajorRule.objects.get_or_create(key=key, defaults=values)
