"""Notices and preferences over REST."""
