"""What an action of the API needs beside a visible object, checked before its body and at each repeat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework.request import Request

from core.api.views import ApiViewSet
from core.errors import NotAllowedError
from workflows.policies import may


class NeedsRight(ApiViewSet):
    """``needs`` names the right for each action that needs one (``workflows.policies``)."""

    needs: ClassVar[Mapping[str, str]] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse who sees the object but may not do this."""
        super().initial(request, *args, **kwargs)
        right = self.needs.get(self.action or "")
        if right:
            self.check_visible()
            if not may(self.actor, right):
                raise NotAllowedError

    def check_visible(self) -> None:
        """Raise NotVisibleError for who does not even see what the action is about."""
