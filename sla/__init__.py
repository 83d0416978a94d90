"""Service levels: what is promised about time, and the clocks that keep count of it (DOMAIN section 4).

Where to look:

- The engine. ``evaluate`` is what a write to a ticket does to its clocks; ``fitting`` says which promises
  count for it, ``machine`` is the arithmetic of one clock, ``ledger`` stores what happened. ``book`` holds
  the published definitions, compiled. ``services.clocks`` fires what is due, ``escalations`` is what that
  sets going. ``relative`` and ``retroactive`` are for promises that are due at a date or count from an
  earlier instant, ``calendars`` for those that go by the hours of a team, place or item; ``replanning`` is
  what a changed calendar does to running clocks.
- Definitions. ``rules`` says what a column may hold, ``lint`` (with ``satisfying``) what must be right before
  ``services.definitions`` publishes one. ``definitions`` reads them, ``reference`` brings the first ones.
- Their pages. ``views``, ``forms`` and ``presenting``; ``promises`` and ``lengths`` put them into words;
  ``editor`` is how conditions and escalations are typed.
- Reading clocks. ``selectors`` and ``risk``, for tickets, lists and reports; ``api`` over REST.
- Looking back: ``past``. Looking ahead: ``whatif``.
"""
