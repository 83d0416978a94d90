"""Saved views: a list's filters, columns, order and density under a name."""
