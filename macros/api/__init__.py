"""Macros over REST."""
