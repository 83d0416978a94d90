"""The one language for no-code conditions: a typed JSON tree for Python and SQL alike (DOMAIN section 2)."""

from core.conditions.condition import Condition, LeafResult, compile_condition
from core.conditions.dictionary import Dictionary, Field, Test
from core.conditions.tree import OPERATORS, BadConditionError, duration
from core.conditions.words import OPPOSITES, Outline, Vocabulary, line, operator_label, outline

__all__ = [
    "OPERATORS",
    "OPPOSITES",
    "BadConditionError",
    "Condition",
    "Dictionary",
    "Field",
    "LeafResult",
    "Outline",
    "Test",
    "Vocabulary",
    "compile_condition",
    "duration",
    "line",
    "operator_label",
    "outline",
]
