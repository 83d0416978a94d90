"""Dry runs: a flow, draft or not, run for real in a transaction that is undone (DOMAIN DF-34)."""

from workflows.rehearsal.play import rehearse
from workflows.rehearsal.result import Rehearsal
from workflows.rehearsal.script import Script
from workflows.rehearsal.subject import Subject

__all__ = ["Rehearsal", "Script", "Subject", "rehearse"]
