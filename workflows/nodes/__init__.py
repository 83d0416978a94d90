"""The node kinds this version of the platform knows."""

from workflows.nodes import (
    asking,
    catching,
    finding,
    flows,
    outside,
    parallel,
    records,
    repeating,
    routing,
    telling,
    variables,
    waiting,
    working,
)
from workflows.nodes.base import NodeKind

_KINDS = (
    asking.KIND,
    catching.RAISE,
    catching.TRY,
    finding.KIND,
    flows.KIND,
    outside.KIND,
    parallel.FORK,
    parallel.JOIN,
    records.CREATE,
    records.UPDATE,
    repeating.EACH,
    repeating.LOOP,
    routing.BRANCH,
    routing.END,
    routing.SWITCH,
    routing.TABLE,
    telling.LOG,
    telling.NOTIFY,
    variables.COMPUTE,
    variables.SET,
    waiting.CONDITION,
    waiting.DURATION,
    waiting.SIGNAL,
    waiting.UNTIL,
    working.KIND,
)
_BY_KEY = {kind.key: kind for kind in _KINDS}
# Kinds whose steps wait for passes, and kinds that talk to other systems.
BLOCKS = frozenset(kind.key for kind in _KINDS if kind.arrive is not None)
OUTSIDE = frozenset(kind.key for kind in _KINDS if kind.call is not None)


def get(key: str) -> NodeKind | None:
    """The node kind with that key, or None when this version does not know it."""
    return _BY_KEY.get(key)


def keys() -> list[str]:
    """All keys, in order."""
    return sorted(_BY_KEY)


def calls_out(key: str) -> bool:
    """Whether steps of this kind talk to another system, outside the executor's transaction."""
    return key in OUTSIDE
