# One Dash app: docker build -f deploy/dash-app.Dockerfile --build-arg APP=loss-development .
# The command that serves it stands in compose.yaml: gunicorn for Flask, uvicorn for FastAPI.

FROM python:3.13-slim-bookworm AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
COPY dash-apps/requirements.txt /source/
RUN /venv/bin/pip install --require-hashes -r /source/requirements.txt
COPY dash-apps/dashgate /source/dashgate
RUN /venv/bin/pip install --no-deps --no-build-isolation /source/dashgate

FROM python:3.13-slim-bookworm
RUN useradd --uid 10001 --create-home app
COPY --from=packages /venv /venv
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
ARG APP
WORKDIR /app
COPY dash-apps/${APP} .
COPY dev/demo-data/make_datasets.py /opt/demo-data/
ENV DASH_URL_BASE_PATHNAME=/dashboard/${APP}/ DASHGATE_CACHE_DIR=/tmp/cache NUMBA_CACHE_DIR=/tmp/numba
USER app
EXPOSE 8050
# The one path of an app that asks for no tenant token.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f\"http://127.0.0.1:8050{os.environ['DASH_URL_BASE_PATHNAME']}_favicon.ico\", timeout=2)"]
