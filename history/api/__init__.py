"""Histories and the audit trail over REST."""
