"""How a definition is typed: its settings, and its escalations as rows of a form.

Conditions are typed as everywhere: see ``tickets.editing``.

``settings`` is the table of what people may set, ``fields`` how lengths, percentages and steps are typed;
``step_rows`` turns the stored steps into rows and back, ``presenting`` shows them.
"""
