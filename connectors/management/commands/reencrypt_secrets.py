"""``./run manage reencrypt_secrets``: after a new key was put in front of ``ITSM_FIELD_KEY``."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from core.secrets import reencrypt_all


class Command(BaseCommand):
    """Encrypts every stored secret with the first key."""

    help = "Encrypt the stored secrets with the first key of ITSM_FIELD_KEY."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it and tell how many there were."""
        self.stdout.write(f"{reencrypt_all()} secrets were encrypted with the present key")
