"""Flows and their runs over REST."""
