# policytool with a Postgres to try migrations on. Build it at the root of the repository:
#   docker build -t policytool .
#   docker run --rm -v "$PWD:/work:ro" policytool audit
FROM python:3.12-slim AS build
COPY pyproject.toml README.md LICENSE /source/
COPY policytool /source/policytool
COPY sql /source/sql
RUN python -m venv /opt/policytool \
 && /opt/policytool/bin/python -m pip install --no-cache-dir --disable-pip-version-check '/source[server,mcp]'

FROM python:3.12-slim
# git: for sources like git:main and for audits since a branch.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends git \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --create-home --shell /usr/sbin/nologin policytool \
 && git config --system --add safe.directory '*'
COPY --from=build /opt/policytool /opt/policytool
ENV PATH=/opt/policytool/bin:$PATH PYTHONDONTWRITEBYTECODE=1
USER policytool
WORKDIR /work
ENTRYPOINT ["policytool"]
CMD ["audit"]
