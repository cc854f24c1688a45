# The program alone; mount the folder of your backo.yaml at /app:
#   docker build -t backo . && docker run -p 8080:8080 -v "$PWD/examples/quickstart:/app" backo
FROM node:20-bookworm AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc tsconfig.json ./
RUN npm ci --ignore-scripts && npm rebuild better-sqlite3
COPY scripts ./scripts
COPY src ./src
COPY schemas ./schemas
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:20-bookworm-slim
ENV NODE_ENV=production
COPY --from=build /build/package.json /opt/backo/
COPY --from=build /build/node_modules /opt/backo/node_modules
COPY --from=build /build/dist/bundle /opt/backo/dist/bundle
COPY --from=build /build/dist/fits-schema.cjs /opt/backo/dist/
COPY --from=build /build/dist/pages /opt/backo/dist/pages
COPY --from=build /build/dist/client /opt/backo/dist/client
COPY --from=build /build/dist/src /opt/backo/dist/src
COPY --from=build /build/dist/fits-schema.cjs /opt/backo/dist/
COPY bin /opt/backo/bin
COPY schemas /opt/backo/schemas
COPY LICENSE README.md /opt/backo/
USER node
WORKDIR /app
EXPOSE 8080
ENTRYPOINT ["node", "/opt/backo/bin/backo.js"]
CMD ["serve", "--host", "0.0.0.0"]
