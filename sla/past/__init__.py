"""Clocks looked back at: explained, computed anew from the ticket's history, put right, divided among owners.

``explain`` tells why a clock is due when it is, ``breakdown`` whose time it was. ``history`` tells what a
ticket was like after each write, ``replay`` lets the clocks run over that in memory, ``repair`` writes the
difference.
"""
