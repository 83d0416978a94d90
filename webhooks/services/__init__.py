"""What can be done with webhooks: edit them, hand events on, send, replay, try out, clean up."""

from webhooks.services.editing import create, delete, reencrypt, rotate, update
from webhooks.services.handing import fan_out
from webhooks.services.replaying import purge, replay, replay_many
from webhooks.services.sending import claim, send
from webhooks.services.trying import Trial, try_out

__all__ = [
    "Trial",
    "claim",
    "create",
    "delete",
    "fan_out",
    "purge",
    "reencrypt",
    "replay",
    "replay_many",
    "rotate",
    "send",
    "try_out",
    "update",
]
