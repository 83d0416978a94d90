"""What can be done with connectors: edit them, set their secrets, call through them, try them out."""

from connectors.services.calling import Answer, CallError, Trial, call, try_out
from connectors.services.editing import clear_secret, create, reencrypt, set_secret, update
from connectors.services.log import purge_calls

__all__ = [
    "Answer",
    "CallError",
    "Trial",
    "call",
    "clear_secret",
    "create",
    "purge_calls",
    "reencrypt",
    "set_secret",
    "try_out",
    "update",
]
