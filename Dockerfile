# One image for every service, the gateway and the operator's command; docker-compose.yml says which of them a container runs.

FROM python:3.11-slim AS packages
COPY requirements.lock /tmp/
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps --require-hashes --only-binary :all: \
        --requirement /tmp/requirements.lock \
    && /opt/venv/bin/pip uninstall --yes pip setuptools

FROM python:3.11-slim
RUN groupadd --gid 10001 einstellen \
    && useradd --uid 10001 --gid einstellen --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin einstellen \
    && install --directory --owner einstellen --group einstellen /var/lib/einstellen/objects /var/lib/einstellen/kernels \
        /var/lib/einstellen/code \
    && printf '#!/bin/sh\nexec python -m cli "$@"\n' > /usr/local/bin/einstellen \
    && chmod 755 /usr/local/bin/einstellen
COPY --from=packages /opt/venv /opt/venv
COPY . /srv/
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/srv:/srv/generated \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    UPLOAD_DIR=/var/lib/einstellen/objects \
    NUMBA_CACHE_DIR=/var/lib/einstellen/kernels \
    CODE_SANDBOX_DIR=/var/lib/einstellen/code
WORKDIR /srv
# Compiled once here; a container on another kind of processor compiles them again at its first start.
RUN python -c 'from services.jobs.matching.index import warm; warm()' \
    && python -m services.interviews.running.compiling /var/lib/einstellen/code \
    && chown -R einstellen:einstellen /var/lib/einstellen/kernels /var/lib/einstellen/code
USER 10001:10001
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python", "deploy/healthy.py"]
CMD ["einstellen", "up"]
