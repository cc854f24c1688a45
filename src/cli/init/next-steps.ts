/** What `init` says in the end: what it wrote, what it left, what to do now. */
import { relative } from 'node:path'
import type { Paint } from '../terminal.ts'
import type { Answers } from './answers.ts'
import type { NewFile } from './files.ts'

export interface Written {
  readonly answers: Answers
  readonly folder: string
  readonly cwd: string
  readonly files: readonly NewFile[]
  /** names of those that were there, and stay as they were */
  readonly kept: readonly string[]
}

/** What is to be seen to where the file is somebody else's. */
const SEE_TO: Readonly<Record<string, string>> = {
  'package.json': 'it needs "type": "module" and backo among its dependencies',
  'tsconfig.json': 'hooks are modules: "module": "nodenext"',
  '.gitignore': 'it should name .env and data/',
  '.dockerignore': 'it should name .env, data and node_modules',
  'README.md': 'as it was',
  '.env': 'JWT_SECRET must be in it, 32 characters or more',
}

export function nextSteps({ answers, folder, cwd, files, kept }: Written, paint: Paint): string {
  const shown = relative(cwd, folder)
  const written = files.filter(({ name }) => !kept.includes(name)).map(({ name }) => name)
  const { name, store } = answers
  const steps = [
    ...(shown === '' ? [] : [`cd ${quoted(shown)}`]),
    ...(store === 'mongodb' ? ['docker compose up -d mongo'] : []),
    'backo serve --watch',
    `curl http://127.0.0.1:8080/${name}/${answers.template === 'library' ? 'books' : 'users'}`,
  ]
  return [
    `${paint('green', 'wrote')} ${written.join(', ')}`,
    ...kept.map((file) => `${paint('yellow', 'kept')}  ${file}: ${SEE_TO[file] ?? 'as it was'}`),
    '',
    'Next:',
    ...steps.map((step) => `  ${paint('cyan', step)}`),
    '',
    '`npm install` gives editors the types of hooks.',
    '',
  ].join('\n')
}

const quoted = (path: string): string =>
  /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
