"""The protected state field: only a transition may change a stored state (DOMAIN DT-5)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django_fsm import FSMField, FSMFieldDescriptor

_LOADING = "_loading_state"


class StateDescriptor(FSMFieldDescriptor):
    """Refuses assignment, unless this very instance is being made or read from the database."""

    def __set__(self, instance: models.Model, value: Any) -> None:
        values = instance.__dict__
        if self.field.name in values and not values.get(_LOADING):
            raise AttributeError("A state changes by a transition only, never by assignment.")
        values[self.field.name] = value


class StateField(FSMField):  # type: ignore[misc] # django_fsm ships partial types
    """A state machine's column. The loading flag is on the instance, never on the field all threads share."""

    descriptor_class = StateDescriptor

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 20)
        kwargs["protected"] = True
        super().__init__(*args, **kwargs)


class ReadsState(models.Model):
    """A model with a StateField whose ``refresh_from_db`` works."""

    class Meta:
        abstract = True

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """Read the row again, the state included."""
        self.__dict__[_LOADING] = True
        try:
            super().refresh_from_db(*args, **kwargs)
        finally:
            self.__dict__.pop(_LOADING, None)
