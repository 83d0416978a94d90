"""Telling other programs what happened: signed messages over HTTP, with retries and a log."""
