"""How pages show what a service refused."""

from __future__ import annotations

from django import forms

from core.errors import DomainError


def refuse(form: forms.BaseForm, refusal: DomainError) -> None:
    """Show a service's refusal at the fields it names, or above the form; ``rules.0.if`` is of ``rules``."""
    for error in refusal.errors:
        name = error.field.split(".")[0]
        form.add_error(name if name in form.fields else None, str(error.detail))
    if not refusal.errors:
        form.add_error(None, str(refusal.detail))
