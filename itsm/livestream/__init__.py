"""The live stream: open pages hear within a second what changed (UI section 5, API A-55).

``hub`` hands envelopes to open streams, ``source`` brings them from the broker or the database, ``access``
asks the database who may know, ``http`` speaks to the clients. ``itsm.live`` puts them together.
"""
