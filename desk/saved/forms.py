"""The form of a saved view: its name, who sees it, its place."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from accounts.models import User
from desk.models import SavedView
from desk.saved.services import LAST_PLACE, LONGEST_NAME
from desk.sharing import SharedForm, shown_to


class ViewForm(SharedForm):
    """What a view is called and for whom it is."""

    name = forms.CharField(max_length=LONGEST_NAME, label=gettext_lazy("Name of the view"))
    position = forms.IntegerField(
        min_value=0,
        max_value=LAST_PLACE,
        required=False,
        label=gettext_lazy("Place in the list of views"),
        help_text=gettext_lazy("Smaller numbers stand higher."),
    )

    def __init__(self, data: Any = None, *, actor: User, view: SavedView | None = None) -> None:
        initial: dict[str, Any] = {"position": 100}
        if view is not None:
            initial = {name: getattr(view, name) for name in ("name", "position", "lock_version")}
            initial["shown_to"] = shown_to(view)
        super().__init__(data, initial=initial, auto_id="id_view_%s")
        self.share_with(actor, view)

    def values(self) -> dict[str, Any]:
        """The arguments of ``save_view`` and ``change_view``; an empty place is left as it is."""
        return {"name": self.cleaned_data["name"], **self.shared()}
