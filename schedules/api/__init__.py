"""Calendars over REST."""
