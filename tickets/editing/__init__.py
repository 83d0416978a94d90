"""How people type a condition over tickets: its rows in a form, the form's field, and how both are drawn.

Shared by all that a condition decides: service levels, assignment rules. ``condition_rows`` turns what is
stored into rows and back, ``fields`` is the field of a form, ``presenting`` what the template draws.
"""
