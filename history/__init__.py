"""What was changed, by whom and why: the history of every record, and records as they were."""
