"""The app of the bare reference."""
