"""Ticket schedules over REST."""
