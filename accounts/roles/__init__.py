"""Roles: read, made and changed, and what a change would do to whom."""
