"""Django settings. Everything that differs between installations comes from ``itsm.environment``."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from celery.schedules import crontab
from django.utils.translation import gettext_lazy as _
from kombu import Queue

from core.commits import CountingConnection
from itsm.environment import BASE_DIR, Environment, database_settings, email_settings, imap_settings
from itsm.logs import logging_settings

ENV = Environment()

DEBUG = ENV.debug
TESTING = ENV.testing
DEMO = ENV.demo
SECRET_KEY = ENV.secret_key or ("only-for-tests-and-checks-" + "0" * 40 if TESTING else "")
FIELD_KEYS = ENV.field_keys or (["only-for-tests-and-checks-" + "1" * 40] if TESTING else [])
OUTBOUND_ALLOW = ENV.outbound_allow
OUTBOUND_CA = ENV.outbound_ca  # a file of certificates that outbound calls trust beside the public ones
TRUSTED_PROXIES = ENV.trusted_proxies
AUDIT_MAIL = ENV.audit_mail
METRICS_FROM = ENV.metrics_from
ALLOWED_HOSTS = [*ENV.allowed_hosts, *(["testserver"] if TESTING else [])]
BASE_URL = ENV.base_url.rstrip("/")
LIVE_URL = ENV.live_url.rstrip("/")
FAILPOINT = ENV.failpoint
PROCESS_ROLE = ENV.role

# Our apps, lowest layer first: the order of CONVENTIONS section 2.
OUR_APPS = [
    "core",
    "accounts",
    "schedules",
    "cmdb",
    "tickets",
    "approvals",
    "connectors",
    "workflows",
    "sla",
    "notifications",
    "webhooks",
    "incidents",
    "problems",
    "catalog",
    "knowledge",
    "scheduled",
    "macros",
    "handovers",
    "reports",
    "history",
    "portal",
    "desk",
    "api",
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django_htmx",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_celery_beat",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "pgtrigger",
    *[f"{app}.apps.Config" for app in OUR_APPS if (BASE_DIR / app / "apps.py").exists()],
    "itsm.apps.Config",
]

MIDDLEWARE = [
    "core.middleware.RequestIdMiddleware",
    "core.middleware.SecurityHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.middleware.HonestFailureMiddleware",
    "accounts.middleware.PlacedSessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.RenewalMiddleware",
    "accounts.middleware.PreferencesMiddleware",
    "accounts.middleware.KeptWordsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "itsm.urls"
WSGI_APPLICATION = "itsm.wsgi.application"
ASGI_APPLICATION = "itsm.live.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context.shell",
            ],
            "builtins": ["core.templatetags.ui"],
        },
    }
]

_DATABASE = database_settings(ENV.database_url or "postgres:///maru")
DATABASES = {
    "default": _DATABASE
    | {
        "ATOMIC_REQUESTS": False,
        "TEST": {"NAME": ENV.test_database},
        "OPTIONS": _DATABASE["OPTIONS"] | {"connection_factory": CountingConnection},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
# A unique index on upper(username) does what the check asks for, and more.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = ["accounts.backends.OneCheckBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "accounts.adapters.ClosedAdapter"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True  # no mail: the adapter makes it cost what a known one costs
PASSWORD_RESET_TIMEOUT = 24 * 3600
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600  # SECURITY SE-5
# Guesses at passwords and codes are counted in PostgreSQL (accounts.limits); these are requests, not guesses.
ACCOUNT_RATE_LIMITS = {"reset_password": "20/m/ip,5/m/key"}
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "accounts.resets.NewestOnly"  # noqa: S105 - a class
MFA_ADAPTER = "accounts.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_FORMS = {
    "authenticate": "accounts.factors.forms.CodeForm",
    "authenticate_webauthn": "accounts.factors.forms.PasskeyForm",
}

_HTTPS = BASE_URL.startswith("https://")
SESSION_ENGINE = "accounts.sessions.store"
SESSION_COOKIE_NAME = "__Host-maru_session" if _HTTPS else "maru_session"
SESSION_COOKIE_AGE = ENV.session_hours * 3600  # since the sign-in, however much it is used (SECURITY SE-2)
SESSION_IDLE = dt.timedelta(minutes=ENV.session_idle_minutes)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
CSRF_COOKIE_NAME = "__Host-maru_csrf" if _HTTPS else "maru_csrf"
CSRF_COOKIE_HTTPONLY = True  # pages carry the token; no script reads the cookie
CSRF_FAILURE_VIEW = "core.views.csrf_failure"
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _HTTPS
SECURE_HSTS_PRELOAD = _HTTPS
SECURE_SSL_REDIRECT = _HTTPS
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]  # asked by probes beside the proxy
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS else None
X_FRAME_OPTIONS = "DENY"

LANGUAGES = [("ko", _("Korean")), ("en", _("English"))]
LANGUAGE_CODE = "ko"
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "maru_language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Seoul"

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "core.staticfinders.GeneratedFinder",
]
STATIC_ROOT = Path(ENV.static_root) if ENV.static_root else ENV.data_dir / "static" / "collected"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _HTTPS
        else "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = TESTING or DEBUG
WHITENOISE_MAX_AGE = 0 if TESTING or DEBUG else 3600
MEDIA_ROOT = ENV.data_dir / "media"
RUN_DIR = ENV.data_dir / "run"  # what processes of this machine note about themselves while they run

DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
ATTACHMENT_MAX_BYTES = 25 * 1024 * 1024

REDIS_URL = ENV.redis_url
CACHES = {
    "default": {
        "BACKEND": "core.cache.FailSafeRedisCache",
        "LOCATION": REDIS_URL or "redis://127.0.0.1:6379/0",
    }
}
if TESTING and not REDIS_URL:
    CACHES = {"default": {"BACKEND": "core.cache.MemoryCache"}}

DEFAULT_FROM_EMAIL = "Maru <maru@localhost>"
for _name, _value in email_settings(ENV.email_url).items():
    globals()[_name] = _value
EMAIL_TIMEOUT = 10
MAIL_FOLDER = ENV.data_dir / "mail" if ENV.mail_caught else None  # what the embedded run's catcher stores
# Where answers to our mails arrive: a mailbox that is polled, or the mailbox page of a demonstration.
REPLY_MAILBOX = imap_settings(ENV.imap_url)
TAKES_REPLIES = bool(REPLY_MAILBOX) or bool(DEMO and MAIL_FOLDER)
REPLY_ADDRESS = REPLY_MAILBOX["reply_to"] if REPLY_MAILBOX else "maru@localhost" if TAKES_REPLIES else ""

LOGGING_CONFIG = "logging.config.dictConfig"
LOGGING = logging_settings(json=ENV.log_json)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.authentication.BearerAuthentication",
        "core.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "core.api.permissions.TokenScope",
    ],
    "DEFAULT_RENDERER_CLASSES": ["core.api.rendering.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.api.parsers.StrictJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "core.api.pagination.KeysetPagination",
    "DEFAULT_FILTER_BACKENDS": ["core.api.filters.StrictFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "core.api.schema.MaruSchema",
    "DEFAULT_THROTTLE_CLASSES": ["core.api.throttling.CallerThrottle"],
    "DEFAULT_THROTTLE_RATES": {"caller": f"{ENV.api_requests_per_minute}/min"},
    "EXCEPTION_HANDLER": "core.api.problem_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "DEFAULT_METADATA_CLASS": None,
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Maru REST API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "DEFAULT_GENERATOR_CLASS": "core.api.schema.MaruGenerator",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "webhooks.api.schema.describe",
        "core.api.schema.plain_nulls",
        "api.examples.show",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "PATH_CONVERTER_OVERRIDES": {"key": str},
    "APPEND_COMPONENTS": {
        "securitySchemes": {
            "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "itsm_<kind>_<id>_<secret>"},
            "session": {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE_NAME},
        }
    },
    "ENUM_NAME_OVERRIDES": {
        "ApprovalReasonEnum": "approvals.choices.Reason",
        "ApprovalStageStateEnum": "approvals.choices.StageState",
        "ApprovalStatusEnum": "approvals.choices.Status",
        "ActivityKindEnum": "tickets.choices.ActivityKind",
        "ConnectorAuthEnum": "connectors.choices.AuthKind",
        "ConnectorSecretEnum": "connectors.choices.SecretName",
        "ChannelEnum": "tickets.choices.Channel",
        "MajorUpdateAudienceEnum": "incidents.choices.Audience",
        "MajorUpdateChannelEnum": "incidents.choices.UpdateChannel",
        "CIStatusEnum": "cmdb.choices.CIStatus",
        "DefinitionOutTypeEnum": "sla.choices.Type",
        "NoticeWayEnum": "notifications.choices.Way",
        "JobStateEnum": "api.choices.JobState",
        "JobStopReasonEnum": "api.choices.StopReason",
        "LevelEnum": "tickets.choices.Level",
        "LinkTypeEnum": "tickets.choices.LinkType",
        "OccurrenceOutcomeEnum": "scheduled.choices.Outcome",
        "OccurrenceReasonEnum": "scheduled.choices.Failure",
        "PageEndEnum": "notifications.choices.PageEnd",
        "ProblemTaskTypeEnum": "problems.choices.TaskType",
        "SavedViewAudienceEnum": "accounts.choices.Audience",
        "TokenKindEnum": "accounts.choices.TokenKind",
        "WebhookDeliveryStateEnum": "webhooks.choices.DeliveryState",
        "WebhookOffReasonEnum": "webhooks.choices.OffReason",
        "WebhookPayloadEnum": "webhooks.choices.Payload",
        "OutcomeEnum": "workflows.choices.Outcome",
        "VersionOutStatusEnum": "core.versions.VersionStatus",
    },
}

# Celery: what each setting prevents is in RELIABILITY section 8.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://") or "memory://"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CONNECTION_TIMEOUT = 2
_SOCKET_SECONDS = 1 if PROCESS_ROLE == "web" else 5
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "unacked_restore_throttle": 1,
    "socket_timeout": _SOCKET_SECONDS,
    "socket_connect_timeout": min(2, _SOCKET_SECONDS),
    "socket_keepalive": not REDIS_URL.startswith("unix://"),
    "health_check_interval": 10,
}
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
# Hints and ticks may be lost, the sweep finds the work: nobody acknowledges them (docs/decisions/0013).
CELERY_TASK_QUEUES = [Queue("celery", no_ack=True)]
CELERY_TASK_TIME_LIMIT = 55
CELERY_TASK_SOFT_TIME_LIMIT = 45
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_DISABLE_PREFETCH = True
CELERY_WORKER_ETA_TASK_LIMIT = 1000
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "core.tasks.sweep_tick", "schedule": 1.0, "options": {"expires": 5}},
    # At ten past three in the morning in Korea.
    "audit": {"task": "core.tasks.verify_audit", "schedule": crontab(hour=18, minute=10)},
    "repeats": {
        "task": "problems.tasks.look_for_recurrence",
        "schedule": crontab(minute=25),
        "kwargs": {"texts": False},
        "options": {"expires": 3000},
    },
    "recurrence": {
        "task": "problems.tasks.look_for_recurrence",
        "schedule": crontab(hour=18, minute=40),
        "kwargs": {"texts": True},
    },
}
