"""How a definition is typed: its settings, and conditions and escalations as rows of a form.

``settings`` is the table of what people may set, ``fields`` how lengths, percentages, conditions and steps
are typed; ``condition_rows`` and ``step_rows`` turn what is stored into rows and back, ``presenting`` shows
the steps.
"""
