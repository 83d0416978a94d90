"""The trail of every row that people change: recorded by triggers, read back, sealed and verified.

``tracking`` says which tables are recorded, ``origin`` carries who and why into the database, ``reading``
tells what a row was at an instant, ``sealing`` chains what was written and ``verifying`` recomputes the chain
(SECURITY AU-1 to AU-4, docs/decisions/0020-one-table-of-row-changes.md,
docs/decisions/0021-seals-beside-the-rows.md).
"""
