/**
 * Cold start: from the spawn of a process to its first answered request, and commands that end by
 * themselves. `npm run build && node bench/start.mjs [--rounds 9] [--size 1000000] [--only a,b]`.
 * All take turns; figures are medians. Processor time (user and system, of all threads, until the
 * first answer) says more than the clock on a machine that does other things as well.
 */
import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '9' },
    size: { type: 'string', default: '0' },
    only: { type: 'string' },
  },
})
const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const say = (text) => process.stderr.write(`${text}\n`)
const PORT = 18300
const BACKO = here('../bin/backo.js')
const DEADLINE = 60_000

const work = mkdtempSync(join(tmpdir(), 'backo-start-'))
process.on('exit', () => rmSync(work, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130))

/** `path` is what a server is asked for; who has none ends by itself. */
async function contenders() {
  const serve = (file) => [BACKO, 'serve', file, '--port', String(PORT)]
  const quickstart = join(work, 'quickstart')
  cpSync(here('../examples/quickstart/backo.yaml'), join(quickstart, 'backo.yaml'))
  const file = join(quickstart, 'backo.yaml')
  const all = [
    { name: 'node -e 1', args: ['-e', '1'] },
    { name: 'bare', args: [here('./bare-start.mjs')], path: '/hello' },
    { name: 'backo serve', args: serve(file), path: '/myApp/users' },
    { name: 'backo validate', args: [BACKO, 'validate', file] },
    { name: 'backo --help', args: [BACKO, '--help'] },
  ]
  const size = Number(options.size)
  if (size > 0) {
    const { seed } = await import('./seed.mjs')
    const large = join(work, 'large')
    mkdirSync(join(large, 'data'), { recursive: true })
    cpSync(here('./backo.yaml'), join(large, 'backo.yaml'))
    say(`${size} users into ${large}`)
    await seed(join(large, 'backo.yaml'), size)
    const args = serve(join(large, 'backo.yaml'))
    all.push({ name: `backo serve with ${size}`, args, path: '/myApp/users?_page=10' })
  }
  const wanted = options.only?.split(',')
  return wanted ? all.filter(({ name }) => wanted.includes(name)) : all
}

/** bash says the process's id, and in the end what processor time its child has used, in ms. */
const SHELL = '"$@" >/dev/null 2>"$LOG" & echo $!; wait; times'

async function run({ name, args, path }) {
  const env = { ...process.env, NODE_ENV: 'production', PORT: String(PORT) }
  env.LOG = join(work, 'log')
  const began = performance.now()
  const shell = spawn('bash', ['-c', SHELL, 'bash', process.execPath, ...args], {
    env,
    // it would say that its child was killed
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let out = ''
  const first = new Promise((resolve) => {
    shell.stdout.on('data', (chunk) => {
      out += chunk
      if (out.includes('\n')) resolve()
    })
  })
  const ended = new Promise((resolve) => shell.on('close', resolve))
  let wall
  if (path !== undefined) {
    await first
    const pid = Number(out.slice(0, out.indexOf('\n')))
    try {
      await answer(path, began, name)
      wall = performance.now() - began
    } finally {
      process.kill(pid, 'SIGKILL')
    }
  }
  await ended
  wall ??= performance.now() - began
  const [user, system] = out.trim().split('\n').at(-1).split(' ').map(milliseconds)
  return { wall, cpu: user + system }
}

/** `0m0.104s` */
function milliseconds(text) {
  const [, minutes, seconds] = /^(\d+)m([\d.]+)s$/.exec(text)
  return (Number(minutes) * 60 + Number(seconds)) * 1000
}

async function answer(path, began, name) {
  for (;;) {
    const status = await ask(path)
    if (status === 200) return
    if (status !== undefined) throw new Error(`${name} answered ${status}`)
    if (performance.now() - began > DEADLINE)
      throw new Error(`${name} did not start: ${readFileSync(join(work, 'log'), 'utf8')}`)
    await sleep(2)
  }
}

/** @returns the status, or undefined where nobody listens */
const ask = (path) =>
  new Promise((resolve) => {
    const request = get({ port: PORT, host: '127.0.0.1', path, agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode))
    })
    request.on('error', () => resolve(undefined))
  })

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]

function table(contestants, results) {
  const of = (name, key) => median(results.get(name).map((one) => one[key]))
  const ratio = (name, mark, key) =>
    results.has(mark) ? (of(name, key) / of(mark, key)).toFixed(2) : ''
  const rows = contestants.map(({ name }) =>
    [
      name,
      Math.round(of(name, 'wall')),
      Math.round(of(name, 'cpu')),
      ratio(name, 'node -e 1', 'wall'),
      ratio(name, 'node -e 1', 'cpu'),
      ratio(name, 'bare', 'wall'),
      ratio(name, 'bare', 'cpu'),
    ].join(' | '),
  )
  const head = ['', 'wall ms', 'CPU ms', 'x node', 'x node CPU', 'x bare', 'x bare CPU'].join(' | ')
  return [head, '---|---|---|---|---|---|---', ...rows].map((row) => `| ${row} |`).join('\n')
}

const contestants = await contenders()
const results = new Map(contestants.map(({ name }) => [name, []]))
// the first round brings the files into memory, and makes the stores
for (let round = -1; round < Number(options.rounds); round++)
  for (const contestant of contestants) {
    const figures = await run(contestant)
    if (round >= 0) results.get(contestant.name).push(figures)
  }
process.stdout.write(`${table(contestants, results)}\n`)
