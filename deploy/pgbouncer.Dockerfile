# Debian's PgBouncer, the one that the gateway is tested with.

FROM debian:12.12-slim
RUN apt-get update \
  && apt-get install --yes --no-install-recommends pgbouncer \
  && rm -rf /var/lib/apt/lists/* \
  && useradd --uid 10002 --no-create-home pooler
COPY deploy/pgbouncer/pgbouncer.ini /etc/dashgate/pgbouncer.ini
USER pooler
EXPOSE 6432
HEALTHCHECK --interval=5s --timeout=3s --retries=10 \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/6432"]
CMD ["/usr/sbin/pgbouncer", "/etc/dashgate/pgbouncer.ini"]
