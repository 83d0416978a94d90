"""Fixtures that several tests of flows ask for."""

from tests.workflows.laptop import people

__all__ = ["people"]
