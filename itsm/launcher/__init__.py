"""Starts, watches and stops all that Maru consists of (STACK section 4); only ``install`` imports Django."""
