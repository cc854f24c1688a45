/**
 * Does one heavy list stop the others? `node bench/stall.mjs --storage sqlite,memory --size 200000`.
 * While clients ask for heavy lists one after the other, a probe asks for one item every 5 ms. Printed: how long
 * the probe waited, how late the server's event loop was, and how many heavy lists were answered a second.
 * `--against <checkout>` measures another build too, the two taking turns.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { parse } from 'yaml'
import { addrs, userId, users } from './data.mjs'
import { startMongo } from './mongo.mjs'

const { values: options } = parseArgs({
  options: {
    storage: { type: 'string', default: 'sqlite,memory,yaml,mongodb' },
    size: { type: 'string', default: '200000' },
    seconds: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '2' },
    heavy: { type: 'string', default: '2' },
    against: { type: 'string' },
  },
})
const EVERY = 5
const PORT = 18400
const n = Number(options.size)
const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const work = mkdtempSync(join(tmpdir(), 'backo-stall-'))
const running = new Set()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
  rmSync(work, { recursive: true, force: true })
})
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130))

/** What is heavy, by name; each time a little different, so that nothing is known already. */
const HEAVY = {
  nothing: null,
  'range, sort, total': (i) =>
    `/users?age.$gte=${i % 89}&age.$lt=${(i % 89) + 10}&male=${i % 2 === 0}&_sort=surname`,
  pattern: (i) => `/users?surname.$re=q${i.toString(36)}`,
  'through a reference': (i) => `/users?addr.address.$re=q${i.toString(36)}`,
  'through a list': (i) => `/addrs?users.age.$gt=${i % 99}&users.surname.$reg=a${i % 10}`,
  'a page of 1000, expanded': (i) => `/users?_page=1000&_expand=addr&_skip=${(i * 1000) % n}`,
}

function start(cpu, command, { env = {}, log, cwd = work }) {
  const out = openSync(log, 'a')
  const child = spawn(command[0], command.slice(1), {
    cwd,
    env: { ...process.env, NODE_ENV: 'production', ...env },
    stdio: ['ignore', out, out],
  })
  running.add(child)
  child.once('exit', () => running.delete(child))
  return child
}

async function up(build, storage, index, mongo) {
  const name = `${build.name}-${storage}`
  const file = join(work, `${name}.yaml`)
  const config = parse(readFileSync(here('./backo.yaml'), 'utf8'))
  config.storage.default = {
    sqlite: { type: 'sqlite', path: join(work, `${name}.db`) },
    memory: { type: 'memory' },
    yaml: { type: 'yaml', path: join(work, name) },
    mongodb: { type: 'mongodb', url: mongo?.url(name) },
  }[storage]
  config.server = { body_limit: '16MiB', log: { level: 'error' } }
  writeFileSync(file, JSON.stringify(config))
  if (storage !== 'memory') {
    const { seed } = await import(pathToFileURL(join(build.root, 'bench/seed.mjs')).href)
    await seed(file, n)
  }
  const port = PORT + index
  const delays = join(work, `${name}.delays`)
  const log = join(work, `${name}.log`)
  const bin = join(build.root, 'bin/backo.js')
  const command = [process.execPath, '--import', here('./loop-delay.mjs'), bin, 'serve', file]
  const child = start('', [...command, '--port', String(port)], { env: { DELAYS: delays }, log })
  const agent = new http.Agent({ keepAlive: true })
  const server = { name, storage, child, port, delays, agent, first: `/users/${userId(0)}` }
  while ((await get(server, '/users?_page=1').catch(() => 0)) !== 200) {
    if (child.exitCode !== null) throw new Error(readFileSync(log, 'utf8').slice(-600))
    await sleep(50)
  }
  if (storage === 'memory') server.first = `/users/${await fill(server)}`
  return server
}

function ask(server, method, path, body) {
  return new Promise((resolveAnswer, reject) => {
    const { port, agent } = server
    const headers = body ? { 'content-type': 'application/json' } : {}
    const request = http.request({ port, agent, method, headers, path: `/myApp${path}` })
    request.once('error', reject)
    request.once('response', (answer) => {
      const parts = []
      answer.on('data', (part) => body && parts.push(part))
      answer.once('end', () =>
        resolveAnswer({ status: answer.statusCode, text: Buffer.concat(parts).toString() }),
      )
    })
    request.end(body && JSON.stringify(body))
  })
}

const get = async (server, path) => (await ask(server, 'GET', path)).status

/** A store that nothing outside reaches: filled by requests. Gives the first user's id. */
function withoutId(row) {
  const rest = { ...row }
  delete rest._id
  return rest
}

async function fill(server) {
  const post = async (path, rows) => {
    const ids = []
    for (let at = 0; at < rows.length; at += 2000) {
      const { status, text } = await ask(server, 'POST', path, rows.slice(at, at + 2000))
      if (status !== 201) throw new Error(`${status} ${text.slice(0, 300)}`)
      for (const { _id } of JSON.parse(text)) ids.push(_id)
    }
    return ids
  }
  const places = [...addrs(n)]
  const made = await post('/addrs', places.map(withoutId))
  const of = new Map(places.map(({ _id }, at) => [_id, made[at]]))
  const all = [...users(n)].map((row) => ({ ...withoutId(row), addr: of.get(row.addr) }))
  return (await post('/users', all))[0]
}

const at = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))]

let asked = 0
async function slice(server, make) {
  await figures(server)
  const until = performance.now() + Number(options.seconds) * 1000
  const waits = []
  let answered = 0
  const heavy = Array.from({ length: make ? Number(options.heavy) : 0 }, async () => {
    while (performance.now() < until) {
      const status = await get(server, make(asked++))
      if (status !== 200) throw new Error(`${server.name}: ${status}`)
      answered++
    }
  })
  const probes = []
  while (performance.now() < until) {
    const began = performance.now()
    probes.push(get(server, server.first).then(() => waits.push(performance.now() - began)))
    await sleep(EVERY)
  }
  await Promise.all([...probes, ...heavy])
  waits.sort((a, b) => a - b)
  return { waits, delay: await figures(server), rate: answered / Number(options.seconds) }
}

async function figures({ child, delays }) {
  rmSync(delays, { force: true })
  child.kill('SIGUSR2')
  for (;;) {
    await sleep(10)
    try {
      return JSON.parse(readFileSync(delays, 'utf8'))
    } catch {}
  }
}

const builds = [{ name: 'now', root: here('..') }]
if (options.against) builds.unshift({ name: 'before', root: resolve(options.against) })
const ms = (value) => value.toFixed(1).padStart(9)
const head = ['probe p50', 'p99', 'max', 'loop p99', 'max', 'lists/s']
for (const storage of options.storage.split(',')) {
  const mongo =
    storage === 'mongodb'
      ? await startMongo((_, command, rest) => start('', command, rest), work)
      : null
  const servers = []
  for (const [index, build] of builds.entries())
    servers.push(await up(build, storage, index, mongo))
  process.stdout.write(
    `\n${storage}, ${n} items (ms)\n${''.padEnd(34)}${head.map((one) => one.padStart(9)).join(' ')}\n`,
  )
  for (const [name, make] of Object.entries(HEAVY)) {
    const rounds = servers.map(() => [])
    for (let round = 0; round < Number(options.rounds); round++)
      for (const [index, server] of servers.entries())
        rounds[index].push(await slice(server, make && ((i) => make(i))))
    for (const [index, all] of rounds.entries()) {
      const waits = all.flatMap((one) => one.waits).sort((a, b) => a - b)
      const loop = ['p99', 'max'].map((key) => Math.max(...all.map(({ delay }) => delay[key])))
      const rate = all.reduce((sum, one) => sum + one.rate, 0) / all.length
      const cells = [at(waits, 0.5), at(waits, 0.99), waits.at(-1), ...loop, rate].map(ms)
      const label = `${name}${builds.length > 1 ? ` (${builds[index].name})` : ''}`
      process.stdout.write(`${label.padEnd(34)}${cells.join(' ')}\n`)
    }
  }
  for (const { child } of servers) child.kill('SIGKILL')
}
process.exit(0)
