"""Settings. Everything that differs between machines comes from the environment.

Each variable is described in `docs/operations.md`; a test holds the two together.
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from rcm.celery_schedule import BEAT_SCHEDULE, TASK_ROUTES
from rcm.runtime import embedded, env, logs

BASE_DIR = Path(__file__).resolve().parent.parent

# --- The machine ---------------------------------------------------------------------------

DEBUG = env.flag("DEBUG", default=False)
VAR = env.path("FIRSTPASS_VAR", BASE_DIR / "var")

DATABASE_URL = env.text("DATABASE_URL")
REDIS_URL = env.text("REDIS_URL")
if bool(DATABASE_URL) != bool(REDIS_URL):
    raise ImproperlyConfigured(
        "Set both DATABASE_URL and REDIS_URL, or neither of them for the embedded servers. "
        f"Only {'DATABASE_URL' if DATABASE_URL else 'REDIS_URL'} is set."
    )
EMBEDDED = not DATABASE_URL
if EMBEDDED:
    _servers = embedded.layout(VAR)
    DATABASE_URL, REDIS_URL = _servers.database_url, _servers.redis_url

try:
    SECRET_KEY = env.text("SECRET_KEY") or embedded.kept_secret(VAR / "secret-key", 48)
except OSError as error:
    raise ImproperlyConfigured(
        f"SECRET_KEY is not set and none can be kept in {VAR} ({error.strerror}). "
        "Set SECRET_KEY to a long random text."
    ) from error

# This machine itself may always ask: health checks do.
ALLOWED_HOSTS = [*env.words("ALLOWED_HOSTS"), "localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
HTTPS = env.flag("FIRSTPASS_HTTPS", default=not (EMBEDDED or DEBUG))

# --- The application ------------------------------------------------------------------------

INSTALLED_APPS = [
    "rcm",
    "core.ui",
    "core.access",
    "core.audit",
    "core.work",
    "core.ledger",
    "core.clearinghouse",
    "simulator",
    "encounters",
    "coding",
    "claims",
    "payments",
    "denials",
    "rcm.kpi",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "axes",
    "csp",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "rest_framework",
]

MIDDLEWARE = [
    "rcm.runtime.logs.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.ui.htmx.HtmxMessagesMiddleware",
    "core.ui.htmx.HtmxSignInMiddleware",
    "core.ui.input.NulByteMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "rcm.urls"
WSGI_APPLICATION = "rcm.wsgi.application"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.ui.context.shell",
            ],
            "builtins": ["core.ui.templatetags.ui", "core.ui.templatetags.ui_charts"],
        },
    },
]
FORM_RENDERER = "core.ui.renderer.UiRenderer"

LANGUAGE_CODE = "en-us"
USE_I18N = False
USE_TZ = True
TIME_ZONE = env.text("FIRSTPASS_TIME_ZONE", "America/New_York")

# --- Data -----------------------------------------------------------------------------------

DATABASES = {
    "default": {
        **env.database(DATABASE_URL),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": env.redis(REDIS_URL),
        "KEY_PREFIX": f"firstpass:{DATABASES['default']['NAME']}",
    },
}

# --- Signing in -----------------------------------------------------------------------------

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"

# Five wrong passwords lock the name for this address, not for everyone: a stranger must not be
# able to lock a colleague out.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "registration/locked_out.html"
AXES_SENSITIVE_PARAMETERS = ["username"]
AXES_VERBOSE = False

SESSION_COOKIE_AGE = 60 * env.integer("FIRSTPASS_SESSION_MINUTES", 480, least=5)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "core.ui.views.csrf_failure"

# --- The browser ----------------------------------------------------------------------------

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # asked by the container's health check, inside
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    },
}

STATIC_URL = "/static/"
STATIC_ROOT = env.path("FIRSTPASS_STATIC", VAR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        ),
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_MANIFEST_STRICT = False  # a file that was not collected is a missing picture, not a 500

# --- REST -----------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["core.access.guards.HoldsPermission"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "PAGE_SIZE": 50,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Firstpass",
    "DESCRIPTION": "Claims that are right the first time.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    # Many things have a state and a kind: each set of words has the name of its enumeration.
    "ENUM_NAME_OVERRIDES": {
        "ClaimKind": "claims.enums.ClaimKind",
        "ClaimState": "claims.enums.ClaimState",
        "DenialState": "denials.enums.DenialState",
        "FileKind": "core.clearinghouse.enums.FileKind",
        "LineMatchedBy": "payments.enums.LineMatchedBy",
        "MatchedBy": "payments.enums.MatchedBy",
        "PayerKind": "encounters.enums.PayerKind",
        "PaymentState": "payments.enums.PaymentState",
        "RemittanceState": "payments.enums.RemittanceState",
        "SubmissionEnd": "claims.enums.SubmissionEnd",
    },
}

# --- Background work ------------------------------------------------------------------------

CELERY_BROKER_URL = env.broker(REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Everything a task does is found again in the database (the row is the queue), so a lost message
# costs one interval of the schedule and never a claim.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_DEFAULT_QUEUE = "followup"
CELERY_TASK_ROUTES = TASK_ROUTES
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = BEAT_SCHEDULE
CELERY_TIMEZONE = TIME_ZONE

# --- The product's own ----------------------------------------------------------------------

FIRSTPASS_GATEWAY = env.text("FIRSTPASS_GATEWAY", "core.clearinghouse.gateways.http.HttpGateway")
"""Dotted path of the gateway class that carries X12 files to the clearinghouse and back."""

FIRSTPASS_SANDBOX_URL = env.text("FIRSTPASS_SANDBOX_URL", "http://127.0.0.1:8090")
"""Where the sandbox payer listens, for the HTTP gateway."""

FIRSTPASS_DEMO = env.flag("FIRSTPASS_DEMO", default=False)
"""Whether the sign-in page offers the demo clinic's sign-ins. `make run` says yes by default."""

FIRSTPASS_FOLLOW_UP_DAYS = env.integer("FIRSTPASS_FOLLOW_UP_DAYS", 45, least=1)
"""Days without an answer after which a claim is put into the follow-up queue."""

# --- Logging --------------------------------------------------------------------------------

LOG_LEVEL = env.text("LOG_LEVEL", "INFO").upper()
LOGGING_CONFIG = None
logs.configure(LOG_LEVEL, as_json=env.text("LOG_FORMAT", "text").lower() == "json")
