# The store is a file in the volume, or a Postgres of yours (docs/scaling.md). What it weighs: docs/operations.md
FROM node:24-slim AS dependencies
# `yes` keeps the client that reads a kubeconfig, 78 MB. A bot inside the cluster does without: it has a service account.
ARG KUBECONFIG_CLIENT=no
WORKDIR /app
COPY package.json package-lock.json ./
# `--omit=optional` is no way to leave the client out: the renderer's native library is an optional package, too.
RUN npm ci --omit=dev --ignore-scripts --no-audit \
  && if [ "$KUBECONFIG_CLIENT" != yes ]; then npm uninstall --no-save --omit=dev --ignore-scripts --no-audit @kubernetes/client-node; fi

# The packer is a development dependency. Sources and pack come from one stage: a pack counts only with its own sources.
FROM node:24-slim AS packed
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit
COPY . .
RUN npm run pack && rm -rf node_modules

FROM node:24-slim
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=packed /app ./
RUN mkdir /data && chown node:node /data
USER node
# With an arena for each thread, the C library keeps 50 MB more after a storm.
ENV NODE_ENV=production SPANHOUND_DATA=/data MALLOC_ARENA_MAX=2
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT ?? 3000}/readyz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Without the limit V8 keeps 100 MB more for new objects after a storm, for the same processor time.
CMD ["node", "--max-semi-space-size=2", "bin/start.mjs"]
