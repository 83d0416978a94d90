"""Who goes by which calendar, for promises that count in the hours of a group, place or item."""
