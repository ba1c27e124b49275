# A shared install, to stand behind a reverse proxy with TLS: docs/shared-install.md. No secret and no session goes in.
FROM python:3.11-slim AS build
RUN python -m venv /opt/rupture
ENV PATH=/opt/rupture/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src
COPY requirements/base.txt requirements/spared.txt requirements/
RUN pip install -r requirements/base.txt && pip uninstall --yes -r requirements/spared.txt
COPY . .
RUN pip install --no-deps .

FROM python:3.11-slim
COPY --from=build /opt/rupture /opt/rupture
# A new volume at /users takes over this owner and mode.
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin rupture \
    && install -d --owner=10001 --mode=0700 /users
# Only /tmp is written to: uploads until they are read, and the search index, which is made again at each start.
ENV PATH=/opt/rupture/bin:$PATH \
    HOME=/tmp \
    PYTHONDONTWRITEBYTECODE=1 \
    RUPTURE_CACHE=/tmp/rupture-cache \
    RUPTURE_HOST=0.0.0.0 \
    RUPTURE_USERS=/users/users
USER 10001
EXPOSE 7860
# The login page under the first trusted name; every other answer is a fault.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["python", "-c", "import http.client, os; \
asked = http.client.HTTPConnection('127.0.0.1', int(os.environ.get('PORT') or 7860), timeout=5); \
asked.request('GET', '/login', headers={'Host': os.environ['RUPTURE_TRUSTED_HOSTS'].split(',')[0].strip()}); \
raise SystemExit(asked.getresponse().status != 200)"]
# Does not start without users and RUPTURE_TRUSTED_HOSTS, and says so.
CMD ["rupture", "chat"]
