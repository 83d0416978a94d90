"""The node kinds this version of the platform knows."""

from workflows.nodes import asking, records, routing, telling, variables, waiting, working
from workflows.nodes.base import NodeKind

_KINDS = (
    asking.KIND,
    routing.BRANCH,
    routing.END,
    telling.NOTIFY,
    telling.LOG,
    variables.KIND,
    waiting.KIND,
    working.KIND,
    records.CREATE,
    records.UPDATE,
)
_BY_KEY = {kind.key: kind for kind in _KINDS}


def get(key: str) -> NodeKind | None:
    """The node kind with that key, or None when this version does not know it."""
    return _BY_KEY.get(key)


def keys() -> list[str]:
    """All keys, in order."""
    return sorted(_BY_KEY)
