"""Changing many tickets of a list at once, with a result for each and a way back."""
