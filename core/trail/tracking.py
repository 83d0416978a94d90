"""Which tables are recorded, and the triggers that do it: also for bulk writes and plain SQL."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import pgtrigger
from django.db import models

# What every write touches: alone it is no change that anybody made.
_NOISE = ("updated_at", "lock_version")
_NOTE, _REFUSE = "public.core_note_change", "public.core_refuse_change"


class RowHistory(pgtrigger.Trigger):
    """Records each inserted, changed and deleted row in ``core.RowChange``.

    ``part_of`` names the foreign key to the record whose history the row belongs to; else it is a record of
    its own (a child model's row belongs to its parent's). Of ``secret`` fields it is told that they changed,
    never what they were. An update of ``noise`` fields alone is not recorded; ``left_out`` fields never are.
    """

    name = "row_history"
    when = pgtrigger.After
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
    func = "RETURN NULL;"  # the one function of all tables runs instead

    def __init__(
        self,
        *,
        part_of: str = "",
        secret: Sequence[str] = (),
        noise: Sequence[str] = (),
        left_out: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self.part_of, self.secret, self.left_out = part_of, tuple(secret), tuple(left_out)
        self.noise = tuple(noise)

    def record(self, model: type[models.Model]) -> tuple[str, str]:
        """The table of the record that rows of ``model`` belong to, and their column with its key."""
        field: Any = model._meta.get_field(self.part_of) if self.part_of else model._meta.pk
        parent = field.related_model if field.remote_field is not None else model
        while parent._meta.parents:
            parent = next(iter(parent._meta.parents))
        return parent._meta.db_table, field.column

    def noise_of(self, model: type[models.Model]) -> list[str]:
        """The columns whose change alone is not recorded."""
        present = {field.column for field in model._meta.local_concrete_fields}
        return [name for name in _NOISE if name in present] + _columns(model, self.noise)

    def render_execute(self, model: Any) -> str:
        """See pgtrigger: the function with what it must know of this table."""
        meta = model._meta
        table, column = self.record(model)
        lists = (_columns(model, self.secret), self.noise_of(model), _columns(model, self.left_out))
        given = [table, meta.pk.column, column, *(",".join(names) for names in lists)]
        return f"{_NOTE}({', '.join(_quoted(text) for text in given)})"


class AppendOnly(pgtrigger.Protect):
    """Refuses to change or remove rows, also to the owner and whatever ``pgtrigger.ignore`` is set to."""

    name = "append_only"
    operation = pgtrigger.Update | pgtrigger.Delete

    def render_execute(self, model: Any) -> str:
        """See pgtrigger."""
        return f"{_REFUSE}()"


class NoTruncate(pgtrigger.Trigger):
    """Refuses to empty the table."""

    name = "no_truncate"
    level = pgtrigger.Statement
    when = pgtrigger.Before
    operation = pgtrigger.Truncate
    func = "RETURN NULL;"

    def render_execute(self, model: Any) -> str:
        """See pgtrigger."""
        return f"{_REFUSE}()"


def _columns(model: type[models.Model], names: Sequence[str]) -> list[str]:
    return [str(model._meta.get_field(name).column) for name in names]  # type: ignore[union-attr] # they have one


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _registered() -> Any:
    return pgtrigger.registered()


@cache
def tracked() -> dict[str, tuple[type[models.Model], RowHistory]]:
    """The recorded models and their triggers, by table. Ask only when all apps are loaded."""
    return {
        model._meta.db_table: (model, trigger)
        for model, trigger in _registered()
        if isinstance(trigger, RowHistory)
    }
