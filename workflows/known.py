"""Which names a flow's texts and conditions may use, for the checks of publish."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from tickets import kinds
from workflows.names import ROOTS, TICKET_FIELDS

_STEP_WORDS = frozenset({"outcome", "output"})
_ITEM_WORDS = frozenset({"value", "index", "number"})


class KnownNames(Collection[str]):
    """The paths that mean something in one graph: its variables, its steps, the ticket and its people."""

    def __init__(self, variables: Iterable[str], steps: Iterable[str], lists: Iterable[str] = ()) -> None:
        self.variables = frozenset(variables)
        self.steps = frozenset(steps)
        self.lists = frozenset(lists)

    def __contains__(self, path: object) -> bool:
        """Whether the path begins with something the engine offers."""
        if not isinstance(path, str):
            return False
        root, *rest = path.split(".")
        if root == "vars":
            return bool(rest) and rest[0] in self.variables
        if root == "steps":
            return len(rest) > 1 and rest[0] in self.steps and rest[1] in _STEP_WORDS
        if root == "ticket":
            return bool(rest) and rest[0] in TICKET_FIELDS
        if root in ("item", "index", "items"):
            return self._knows_item(root, rest)
        return root in ROOTS or any(spec.key == root and rest for spec in kinds.all_kinds())

    def _knows_item(self, root: str, rest: list[str]) -> bool:
        """Items are named where the flow goes through lists: the innermost, or that of a named list."""
        if root == "items":
            return len(rest) > 1 and rest[0] in self.lists and rest[1] in _ITEM_WORDS
        return bool(self.lists) and (root == "item" or not rest)

    def __iter__(self) -> Iterator[str]:
        """The first words and what is known below them."""
        yield from (f"vars.{name}" for name in sorted(self.variables))
        yield from (f"steps.{name}.outcome" for name in sorted(self.steps))
        yield from (f"ticket.{name}" for name in sorted(TICKET_FIELDS))

    def __len__(self) -> int:
        """How many paths can be listed."""
        return sum(1 for _path in self)
