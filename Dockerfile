# The program alone; mount the folder of your backo.yaml at /app:
#   docker build -t backo .
#   docker run --read-only --tmpfs /tmp -p 8080:8080 -v "$PWD/examples/quickstart:/app" backo
# (the folder must be writable by user 1000 where it holds the data)
FROM node:22-bookworm AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc tsconfig.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund && npm rebuild better-sqlite3
COPY scripts ./scripts
COPY schemas ./schemas
COPY src ./src
RUN npm run build && npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:22-bookworm-slim
LABEL org.opencontainers.image.title="backo" \
      org.opencontainers.image.description="One backo.yaml in, a complete, safe, fast REST back office out" \
      org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production
COPY --from=build /build/package.json /opt/backo/
COPY --from=build /build/node_modules /opt/backo/node_modules
COPY --from=build /build/dist/bundle /opt/backo/dist/bundle
COPY --from=build /build/dist/fits-schema.cjs /opt/backo/dist/
COPY --from=build /build/dist/pages /opt/backo/dist/pages
COPY --from=build /build/dist/client /opt/backo/dist/client
COPY bin /opt/backo/bin
COPY schemas /opt/backo/schemas
COPY LICENSE README.md /opt/backo/
RUN ln -s /opt/backo/bin/backo.js /usr/local/bin/backo
USER node
WORKDIR /app
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 CMD ["backo", "health"]
ENTRYPOINT ["backo"]
CMD ["serve", "--host", "0.0.0.0"]
