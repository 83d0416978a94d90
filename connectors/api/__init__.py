"""Connectors over REST."""
