"""Who may see and do what, and which rule says so (SECURITY AC-13, AC-14)."""
