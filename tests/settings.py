"""Settings of the tests: the product's own, on servers that `tests.servers` names.

Nothing is started here: the servers start with the first test that needs them.
"""

import os

from tests import servers

servers.name()

from rcm.settings import *  # noqa: E402, F403

ALLOWED_HOSTS = [*ALLOWED_HOSTS, "testserver"]  # noqa: F405

# Hashing a password is slow on purpose; a test does not need that.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Plain http://testserver and http://127.0.0.1, also when the servers are outside ones.
HTTPS = SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = False
SECURE_HSTS_SECONDS = 0
SECURE_PROXY_SSL_HEADER = None

STORAGES = {
    **STORAGES,  # noqa: F405
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True

# The sandbox payer in this process; what runs over HTTP says so itself.
FIRSTPASS_GATEWAY = "simulator.sandbox.gateway.LoopbackGateway"

# Parallel workers share one Redis, not its keys; messages stay in the process that sent them.
CACHES["default"]["KEY_PREFIX"] = f"test-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"  # noqa: F405
CELERY_BROKER_URL = "memory://"
