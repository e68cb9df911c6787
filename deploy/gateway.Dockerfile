# Builds two images: `gateway`, what operators run, and `demo`, which adds the demo's own OpenID
# provider and blob store for compose.yaml. Context: the top folder of the repository.

FROM node:24.21.0-bookworm-slim AS manifests
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY gateway/package.json gateway/
COPY web/package.json web/
COPY dev/package.json dev/
COPY dash-apps/package.json dash-apps/
COPY e2e/package.json e2e/
COPY bench/package.json bench/

FROM manifests AS build
RUN npm ci --ignore-scripts --include=dev
COPY web web
RUN npm run build --workspace web

FROM manifests AS gateway-packages
RUN npm ci --ignore-scripts --omit=dev --workspace gateway --workspace web

FROM manifests AS demo-packages
RUN npm ci --ignore-scripts --omit=dev --omit=optional --workspace gateway --workspace web --workspace dev

FROM node:24.21.0-bookworm-slim AS runtime
ENV NODE_ENV=production
WORKDIR /app
COPY package.json ./
COPY gateway/package.json gateway/
COPY gateway/src gateway/src
COPY migrations migrations
COPY web/package.json web/
COPY web/src web/src
COPY --from=build /app/web/dist web/dist
USER node

FROM runtime AS demo
USER root
RUN install --directory --owner=node --group=node /data
USER node
COPY --from=demo-packages /app/node_modules node_modules
COPY dev dev

# Last, so that it is what a build without a target makes.
FROM runtime AS gateway
COPY --from=gateway-packages /app/node_modules node_modules
EXPOSE 8080 8081 8443 9464
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "--eval", "fetch(`http://${process.env.OPS_LISTEN ?? '127.0.0.1:9464'}/readyz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "gateway/src/main.ts"]
