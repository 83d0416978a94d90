"""A list as a board: its tickets in columns by state or by who works on them."""
