"""What an approver reads about an ordered item, in both languages (PROCESSES APR-15)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from catalog.formdata.definition import FormField, form_of

REASON = "reason"


def decision_summary(item: Any) -> dict[str, Any]:
    """What is ordered, why, for how much, and the answers, as texts in Korean and English.

    The reason is what was answered to the field ``reason``, else to the first long text.
    """
    version = item.item_version
    fields = [each for each in form_of(version.form).fields if each.key in item.variables]
    why = next((each for each in fields if each.key == REASON), None) or next(
        (each for each in fields if each.type == "multiline"), None
    )
    names = _people(item, fields)
    rows = [
        {
            "label": {"ko": each.label_ko, "en": each.label_en},
            "value": _value(each, item.variables[each.key], names),
        }
        for each in fields
        if each is not why
    ]
    if item.quantity > 1:
        rows.append({"label": _both(lambda: _("Quantity")), "value": str(item.quantity)})
    return {
        "what": {"ko": version.name_ko, "en": version.name_en or version.name_ko},
        "why": item.variables[why.key] if why else "",
        "cost": {"amount": str(item.price), "currency": item.currency} if item.price else None,
        "rows": rows + _again(item),
    }


def _again(item: Any) -> list[dict[str, Any]]:
    """What it costs again and again, if it does."""
    if not item.recurring_price:
        return []
    amount = f"{item.recurring_price:,.2f}".removesuffix(".00")
    label = {
        "month": _both(lambda: _("Each month")),
        "year": _both(lambda: _("Each year")),
    }[item.recurring_period]
    return [{"label": label, "value": f"{amount} {item.currency}"}]


def _both(text: Callable[[], str]) -> dict[str, str]:
    found = {}
    for language in ("ko", "en"):
        with override(language):
            found[language] = text()
    return found


def _people(item: Any, fields: list[FormField]) -> dict[str, dict[str, str]]:
    wanted = [item.variables[each.key] for each in fields if each.type == "user"]
    rows = User.objects.filter(username__in=wanted, company=item.company_id) if wanted else []
    return {row.username: {"ko": row.name_ko, "en": row.name_en or row.name_ko} for row in rows}


def _value(field: FormField, value: Any, names: dict[str, dict[str, str]]) -> Any:
    if field.type == "boolean":
        return _both(lambda: _("Yes") if value else _("No"))
    if field.type == "user":
        return names.get(value, value)
    if field.type in {"choice", "multi_choice"}:
        wanted = [value] if field.type == "choice" else value
        chosen = [each for each in field.choices if each.value in wanted]
        return {
            "ko": ", ".join(each.label_ko for each in chosen),
            "en": ", ".join(each.label_en for each in chosen),
        }
    return str(value)
