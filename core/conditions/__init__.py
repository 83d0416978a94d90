"""The one language for no-code conditions: a typed JSON tree for Python and SQL alike (DOMAIN section 2)."""

from core.conditions.condition import Condition, LeafResult, compile_condition
from core.conditions.dictionary import Dictionary, Field, Test
from core.conditions.tree import OPERATORS, BadConditionError, duration

__all__ = [
    "OPERATORS",
    "BadConditionError",
    "Condition",
    "Dictionary",
    "Field",
    "LeafResult",
    "Test",
    "compile_condition",
    "duration",
]
