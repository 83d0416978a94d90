"""What can go wrong while starting, as one exception with a text for the person at the terminal."""

from __future__ import annotations


class StartError(Exception):
    """Starting cannot go on; the message says what to do about it."""


class NoAnswerError(StartError):
    """Something did not get ready in time."""


class StopRequestedError(Exception):
    """Ctrl-C or SIGTERM arrived while something was still starting."""
