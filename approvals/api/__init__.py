"""Approvals and delegations over REST."""
