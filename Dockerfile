# One process, no server of its own: the store is a file in the volume. What it weighs: docs/operations.md
FROM node:24-slim AS dependencies
# `yes` keeps the client that reads a kubeconfig, 78 MB. A bot inside the cluster does without: it has a service account.
ARG KUBECONFIG_CLIENT=no
WORKDIR /app
COPY package.json package-lock.json ./
# `--omit=optional` is no way to leave the client out: the renderer's native library is an optional package, too.
RUN npm ci --omit=dev --ignore-scripts --no-audit \
  && if [ "$KUBECONFIG_CLIENT" != yes ]; then npm uninstall --no-save --omit=dev --ignore-scripts --no-audit @kubernetes/client-node; fi

FROM node:24-slim
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY . .
RUN mkdir /data && chown node:node /data
USER node
ENV NODE_ENV=production SPANHOUND_DATA=/data
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT ?? 3000}/readyz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "bin/start.mjs"]
