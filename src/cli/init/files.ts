/** The table of what `init` writes. Texts are in the files beside; nothing is written here. */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packageVersion } from '../../version.ts'
import type { Answers, Store, Template } from './answers.ts'
import { composeFile, DOCKER_IGNORE, dockerFile } from './docker-files.ts'
import { LIBRARY, LIBRARY_HOOKS } from './library.ts'
import { QUICKSTART, QUICKSTART_HOOKS } from './quickstart.ts'
import { readme } from './readme.ts'

export type NewFile = { readonly name: string } & (
  { readonly text: string; readonly mode?: number } | { readonly copyOf: string }
)

/** What others write too, or nobody could write again: left as it is where it is there. */
const SHARED: readonly string[] = [
  'package.json',
  'tsconfig.json',
  '.gitignore',
  '.dockerignore',
  '.env',
  'README.md',
]

export const isSharedName = (name: string): boolean => SHARED.includes(name)

const SCHEMA = 'backo.schema.json'

const TEMPLATES: Readonly<Record<Template, { readonly yaml: string; readonly hooks: string }>> = {
  quickstart: { yaml: QUICKSTART, hooks: QUICKSTART_HOOKS },
  library: { yaml: LIBRARY, hooks: LIBRARY_HOOKS },
}

const STORAGE: Readonly<Record<Store, (name: string) => string>> = {
  sqlite: (name) => `{ type: sqlite, path: ./data/${name}.db }`,
  yaml: () => '{ type: yaml, path: ./data/items }',
  mongodb: () => '{ type: mongodb, url: "${MONGODB_URL}" }',
}

export function filesOf(answers: Answers, folder: string): readonly NewFile[] {
  const { template, store, name } = answers
  const { yaml, hooks } = TEMPLATES[template]
  const installed = `node_modules/backo/schemas/${SCHEMA}`
  // what editors complete with must be there at once, also before the package is installed
  const hasSchema = existsSync(join(folder, installed))
  const head = `# yaml-language-server: $schema=./${hasSchema ? installed : SCHEMA}\n`
  const body = yaml.replaceAll('<name>', name).replaceAll('<storage>', STORAGE[store](name))
  const schema = fileURLToPath(import.meta.resolve('backo/schema.json'))
  return [
    { name: 'backo.yaml', text: head + body },
    ...(hasSchema ? [] : [{ name: SCHEMA, copyOf: schema }]),
    { name: 'hooks.ts', text: hooks },
    { name: '.env', text: environment(name), mode: 0o600 },
    { name: '.gitignore', text: 'node_modules/\ndata/\n.env\n' },
    { name: 'Dockerfile', text: dockerFile(name) },
    { name: '.dockerignore', text: DOCKER_IGNORE },
    { name: 'compose.yaml', text: composeFile(name, store) },
    { name: 'package.json', text: packageJson(name) },
    { name: 'tsconfig.json', text: TSCONFIG },
    { name: 'README.md', text: readme(answers) },
  ]
}

/** Hex, as it stands in a URL and in the key of a replica set as it is. */
const secret = (): string => randomBytes(32).toString('hex')

function environment(name: string): string {
  const password = secret()
  const url = `mongodb://root:${password}@127.0.0.1:27017/${name}?authSource=admin&directConnection=true`
  return [
    '# Secrets of this machine: never commit this file.',
    '# signs tokens; whoever knows it can be anybody',
    `JWT_SECRET=${secret()}`,
    '# the MongoDB of compose.yaml, and how to reach it from outside of it',
    `MONGO_PASSWORD=${password}`,
    `MONGO_KEY=${secret()}`,
    `MONGODB_URL=${url}`,
    '',
  ].join('\n')
}

function packageJson(name: string): string {
  const content = {
    name: name.toLowerCase(),
    private: true,
    type: 'module',
    scripts: {
      start: 'backo serve',
      dev: 'backo serve --watch',
      validate: 'backo validate --strict',
      test: 'backo test',
    },
    dependencies: { backo: `^${packageVersion()}` },
    // SQLite is built, or fetched, when it is installed
    allowScripts: { 'better-sqlite3': true },
  }
  return `${JSON.stringify(content, null, 2)}\n`
}

/** For editors alone: hooks are loaded as they are. */
const TSCONFIG = `{
  "compilerOptions": {
    "target": "es2023",
    "module": "nodenext",
    "strict": true,
    "noEmit": true,
    "allowImportingTsExtensions": true,
    "skipLibCheck": true
  },
  "include": ["*.ts"]
}
`
