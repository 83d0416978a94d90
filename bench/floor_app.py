"""The bare reference: one Django model behind a plain DRF view, as small as such a thing can be."""

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
    INSTALLED_APPS=["rest_framework", "bench.floor"],
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

from django.core.wsgi import get_wsgi_application  # noqa: E402 - Django must be configured first

application = get_wsgi_application()
