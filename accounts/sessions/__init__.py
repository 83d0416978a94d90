"""Sessions of browsers: rows that their owner and administrators see and end (SECURITY SE-1 to SE-3)."""
