# Built from the lock; nothing of the build stays in the image but the environment.
FROM python:3.12-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements.txt /tmp/requirements.txt
RUN /opt/venv/bin/pip install --no-deps --require-hashes -r /tmp/requirements.txt

FROM python:3.12-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=rcm.settings \
    FIRSTPASS_VAR=/var/lib/firstpass \
    FIRSTPASS_STATIC=/srv/static \
    LOG_FORMAT=json
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin firstpass \
    && install -d -o firstpass -m 700 /var/lib/firstpass
COPY --from=build /opt/venv /opt/venv
WORKDIR /srv/firstpass
COPY . .
# Collecting files needs settings but no server and no secret: these values stay in this step.
RUN SECRET_KEY=unused-while-building DATABASE_URL=postgres://nobody@localhost/none \
    REDIS_URL=redis://localhost/0 python manage.py collectstatic --no-input --verbosity 0 \
    && python -m compileall -q /srv/firstpass
USER firstpass
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["gunicorn", "rcm.wsgi", "--worker-class", "gthread", "--workers", "2", "--threads", "4", "--max-requests", "20000", "--max-requests-jitter", "2000", "--graceful-timeout", "10", "--log-level", "warning", "--bind", "0.0.0.0:8000"]
