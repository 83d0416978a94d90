"""What the OpenAPI document says about the endpoints that every kind of ticket inherits."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from drf_spectacular.utils import extend_schema

from tickets.api.inputs import any_move_body

View = TypeVar("View", bound=type[Any])


def of_its_kind(view: View) -> View:
    """Class decorator: the bodies of ``partial_update`` and ``move`` are those of the view's own kind.

    ``extend_schema_view`` would do, but it passes over ``move``, which the routes name and no router does.
    """
    for name, body in (("partial_update", view.change_in), ("move", any_move_body(view.model))):
        described = extend_schema(request=body, responses=view.serializer_class)
        setattr(view, name, described(_own_copy(getattr(view, name))))
    return view


def _own_copy(method: Callable[..., Any]) -> Callable[..., Any]:
    """A function of its own: the description is kept on it, and the inherited one serves all kinds."""

    @wraps(method)
    def inherited(*args: Any, **kwargs: Any) -> Any:
        return method(*args, **kwargs)

    return inherited
