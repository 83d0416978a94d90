"""The references: a model behind a DRF view, as small as such a thing can be, and one as wide as a ticket.

``python -m bench.floor_app`` makes the tables in the database ``FLOOR_DATABASE_URL`` and prints a token.
"""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import django
from django.conf import settings

from itsm.environment import explicit

_URL = urlsplit(explicit("FLOOR_DATABASE_URL"))
settings.configure(
    SECRET_KEY="floor",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF="bench.floor_urls",
    INSTALLED_APPS=[
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "rest_framework",
        "rest_framework.authtoken",
        "bench.floor",
    ],
    MIDDLEWARE=[],
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [],
        "DEFAULT_PERMISSION_CLASSES": [],
        "UNAUTHENTICATED_USER": None,
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    },
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": _URL.path.lstrip("/"),
            "USER": _URL.username or "",
            "HOST": parse_qs(_URL.query)["host"][0] if "host" in _URL.query else (_URL.hostname or ""),
            "PORT": parse_qs(_URL.query).get("port", [""])[0],
            "CONN_MAX_AGE": 60,
        }
    },
)
django.setup()

from django.core.management import call_command  # noqa: E402 - Django must be configured first
from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()


def main() -> str:
    """Make the tables and somebody who may use them; the token."""
    from django.contrib.auth.models import User  # noqa: PLC0415 - not for who only serves
    from rest_framework.authtoken.models import Token  # noqa: PLC0415

    call_command("migrate", run_syncdb=True, verbosity=0)
    return str(Token.objects.create(user=User.objects.create(username="somebody")).key)


if __name__ == "__main__":
    print(main())
