"""What every endpoint of the REST API stands on; kinds compose it, they do not repeat it."""

from core.api.problems import problem_handler

__all__ = ["problem_handler"]
