/** Dockerfile and compose.yaml of a new application. Secrets come from .env, never from these files. */
import type { Store } from './answers.ts'

const HEALTH = `fetch('http://127.0.0.1:8080/_health/ready').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))`

export const dockerFile = (name: string): string => `\
# docker build -t ${name.toLowerCase()} .
# docker run --env-file .env -p 8080:8080 -v ${name}-data:/app/data ${name.toLowerCase()}
FROM node:22-bookworm AS build
WORKDIR /app
COPY package*.json ./
RUN npm install --omit=dev --no-audit --no-fund

FROM node:22-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/node_modules ./node_modules
COPY . .
RUN mkdir -p data && chown node:node data
USER node
VOLUME /app/data
EXPOSE 8080
HEALTHCHECK --interval=10s --start-period=5s CMD ["node", "-e", "${HEALTH}"]
CMD ["node_modules/.bin/backo", "serve", "--host", "0.0.0.0"]
`

export const DOCKER_IGNORE = `node_modules
data
.env
.git
compose.yaml
Dockerfile
`

/** MongoDB is a replica set of one: transactions need a set. Where the store is another it waits in a profile. */
export const composeFile = (name: string, store: Store): string => {
  const isMongo = store === 'mongodb'
  return `\
# docker compose up --build${isMongo ? '' : '            # MongoDB too: --profile mongodb'}
# Secrets are in .env beside this file.
name: ${name.toLowerCase()}

services:
  backo:
    build: .
    restart: unless-stopped
    init: true
    ports: ['127.0.0.1:8080:8080']
    volumes: ['data:/app/data']
    environment:
      JWT_SECRET: \${JWT_SECRET:?see .env}
      MONGODB_URL: mongodb://root:\${MONGO_PASSWORD:?see .env}@mongo:27017/${name}?authSource=admin&replicaSet=rs0
${isMongo ? '    depends_on: { mongo: { condition: service_healthy } }\n' : ''}
  mongo:
    image: mongo:8
    restart: unless-stopped
${isMongo ? '' : '    profiles: [mongodb]\n'}    # from outside: only this machine
    ports: ['127.0.0.1:27017:27017']
    volumes: ['mongo:/data/db']
    environment:
      MONGO_INITDB_ROOT_USERNAME: root
      MONGO_INITDB_ROOT_PASSWORD: \${MONGO_PASSWORD:?see .env}
      MONGO_KEY: \${MONGO_KEY:?see .env}
    # members of a set that asks for passwords know each other by a key, in a file that is theirs alone
    entrypoint:
      - bash
      - -c
      - |
        printf '%s' "$$MONGO_KEY" > /data/configdb/key
        chmod 400 /data/configdb/key && chown mongodb:mongodb /data/configdb/key
        exec docker-entrypoint.sh "$$@"
      - mongo
    command: [mongod, --replSet, rs0, --keyFile, /data/configdb/key, --bind_ip_all]
    # healthy when it takes writes; makes the set the first time
    healthcheck:
      test:
        - CMD
        - bash
        - -c
        - |
          mongosh --quiet -u root -p "$$MONGO_INITDB_ROOT_PASSWORD" --eval '
            try { rs.status() } catch { rs.initiate({ _id: "rs0", members: [{ _id: 0, host: "mongo:27017" }] }) }
            if (!db.hello().isWritablePrimary) quit(1)'
      interval: 5s
      timeout: 10s
      retries: 12
      start_period: 30s

volumes:
  data:
  mongo:
`
}
