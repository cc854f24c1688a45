/** README.md of a new application: how to serve it, and the first requests. */
import type { Answers } from './answers.ts'

export const readme = ({ name, template, store }: Answers): string => `\
# ${name}

[backo.yaml](backo.yaml) says it all; what expressions can't say is in [hooks.ts](hooks.ts).

\`\`\`sh
npm install
${store === 'mongodb' ? 'docker compose up -d mongo  # a replica set; its URL is in .env\n' : ''}npm run dev                 # serves http://127.0.0.1:8080/${name}, and reloads on every change
npm run validate            # what is wrong, or unwise
npm test                    # who may do what: the examples under \`tests\`
docker compose up --build   # in containers
\`\`\`

${template === 'quickstart' ? quickstart(name) : library(name)}
The secrets are in \`.env\`, which is not committed: another machine needs one of its own.
`

const quickstart = (name: string): string => `\
Everybody may read, an ADMIN may write:

\`\`\`sh
API=http://127.0.0.1:8080/${name}
curl $API/users
AUTH="Authorization: Bearer $(npx backo token --user me --role ADMIN)"
JSON="Content-Type: application/json"
curl $API/addrs -H "$AUTH" -H "$JSON" -d '{"name": "moon", "address": "far"}'
curl "$API/addrs?name.\\$re=oo"
\`\`\`
`

const library = (name: string): string => `\
The first user is the admin, and lets in the others:

\`\`\`sh
API=http://127.0.0.1:8080
JSON="Content-Type: application/json"
curl $API/${name}/books
curl $API/${name}/users -H "$JSON" -d '{"login": "ada", "password": "correct horse"}'
curl $API/login -c cookies -H "$JSON" -d '{"login": "ada", "password": "correct horse"}'
curl $API/${name}/books -b cookies -H "$JSON" -d '{"title": "Dune", "author": "Herbert", "pages": 612}'
\`\`\`
`
