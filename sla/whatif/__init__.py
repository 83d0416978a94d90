"""What if: rules that are not in force yet, tried in memory on the tickets of the last months.

``trials`` reads a candidate, ``services`` queues a question and answers it batch by batch; the rest are its
pages.
"""
