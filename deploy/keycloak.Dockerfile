# Keycloak, built for the database that it will have, so that it needs to write nothing when it starts.

FROM quay.io/keycloak/keycloak:26.7.1 AS build
ENV KC_DB=postgres KC_HEALTH_ENABLED=true
RUN /opt/keycloak/bin/kc.sh build

FROM quay.io/keycloak/keycloak:26.7.1
COPY --from=build /opt/keycloak/ /opt/keycloak/
USER 1000
EXPOSE 8080
# The image has bash and grep, but nothing that speaks HTTP.
HEALTHCHECK --interval=5s --timeout=5s --start-period=120s --retries=6 \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9000 && printf 'GET /health/ready HTTP/1.0\\r\\n\\r\\n' >&3 && grep --quiet '200 OK' <&3"]
ENTRYPOINT ["/opt/keycloak/bin/kc.sh"]
