/**
 * Load on a real server: `npm run bench -- --targets ours,bare --size 100000 --workloads W1,W2`.
 * Servers are pinned to one core and wrk to another. The targets of a workload take turns in short
 * slices, so that a machine that drifts does so for all; ratios are medians over the rounds.
 * `--save` writes bench/RESULTS.json; `--check` compares the ratios with it.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, mkdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startMongo } from './mongo.mjs'
import { check, save, table } from './report.mjs'
import { targets } from './targets.mjs'
import { answerIsRight, ORDER, requests } from './workloads.mjs'

const { values: options } = parseArgs({
  options: {
    targets: { type: 'string', default: 'hello,bare,bare-columns,bare-group,ours' },
    size: { type: 'string', default: '100000' },
    workloads: { type: 'string', default: ORDER.join(',') },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '2' },
    connections: { type: 'string', default: '32' },
    save: { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
  },
})
const SERVER_CPU = process.env.SERVER_CPU ?? '0'
const CLIENT_CPU = process.env.CLIENT_CPU ?? '1'
const PORT = 18200
const POOL = 20_000
const work = mkdtempSync(join(tmpdir(), 'backo-bench-'))
const here = (path) => fileURLToPath(new URL(path, import.meta.url))
const say = (text) => process.stderr.write(`${text}\n`)
const running = new Set()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
  rmSync(work, { recursive: true, force: true })
})
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130))

/** A process on one core; its output goes to a file beside its data. */
function start(cpu, command, { env = {}, log, cwd = work }) {
  const out = openSync(log, 'a')
  const stdio = ['ignore', out, out]
  const all = { ...process.env, NODE_ENV: 'production', ...env }
  const child = spawn('taskset', ['-c', cpu, ...command], { cwd, env: all, stdio })
  running.add(child)
  child.gone = new Promise((resolve) => child.once('exit', resolve))
  void child.gone.then(() => running.delete(child))
  return child
}

/** seconds of processor time that a process and its threads have used */
function processor({ pid }) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

const memory = (child) => {
  try {
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
    return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)[1]) / 1024)
  } catch {
    return null
  }
}

async function up(target, index, n, mongo) {
  const dir = join(work, `${target.name}-${n}`)
  mkdirSync(join(dir, 'data'), { recursive: true })
  const place = { dir, n, port: PORT + index, mongoUrl: mongo?.url(`bench_${index}`) }
  say(`${target.name}: ${target.about}`)
  await target.prepare(place)
  const headers = await target.headers?.()
  const { args, env } = target.command(place)
  const log = join(dir, 'server.log')
  const child = start(SERVER_CPU, [process.execPath, ...args], { env, log, cwd: dir })
  const server = { ...target, ...place, child, headers, base: `http://127.0.0.1:${place.port}` }
  const began = performance.now()
  while (!(await answers(server))) {
    if (performance.now() - began > 60_000 || child.exitCode !== null)
      throw new Error(`${target.name} did not start: ${readFileSync(log, 'utf8').slice(-600)}`)
    await sleep(20)
  }
  return server
}

async function answers({ base, headers, path = '/myApp/users?_page=10&_total=false' }) {
  try {
    return (await fetch(base + path, { headers })).ok
  } catch {
    return false
  }
}

let slices = 0
async function load(server, file, seconds) {
  const figures = join(work, 'figures.json')
  rmSync(figures, { force: true })
  const command = ['wrk', '-t1', `-c${options.connections}`, `-d${seconds}s`, '--timeout', '60s']
  const env = { REQUESTS: file, FIGURES: figures, FIRST: String(slices++ * 10_000_000) }
  const log = join(work, 'wrk.log')
  const before = processor(server.child)
  await start(CLIENT_CPU, [...command, '-s', here('./load.lua'), server.base], { env, log }).gone
  const { requests: count, us, p50, p99, errors } = JSON.parse(readFileSync(figures, 'utf8'))
  const cpu = ((processor(server.child) - before) / count) * 1e6
  return { rate: (count / us) * 1e6, cpu, p50: p50 / 1000, p99: p99 / 1000, errors }
}

async function measure(servers, workload, n) {
  const contenders = servers.filter(({ only }) => !only || only.includes(workload))
  for (const server of contenders) {
    const fault = await answerIsRight(server, workload, n)
    if (fault) throw new Error(`${server.name} ${workload}: ${fault}`)
    server.requests = join(server.dir, `${workload}.txt`)
    writeFileSync(server.requests, requests(server, workload, { n, count: POOL }))
    await load(server, server.requests, 5)
  }
  const rounds = contenders.map(() => [])
  for (let round = 0; round < Number(options.rounds); round++)
    for (const [index, server] of contenders.entries())
      rounds[index].push(await load(server, server.requests, Number(options.seconds)))
  return contenders.map(({ name, child }, index) => ({
    workload,
    name,
    rounds: rounds[index],
    memory: memory(child),
  }))
}

const names = options.targets.split(',')
const chosen = names.map((name) => {
  const target = targets.get(name)
  if (!target) throw new Error(`no target ${name}: ${[...targets.keys()].join(', ')}`)
  return target
})
const n = Number(options.size)
const mongo = chosen.some((target) => target.mongo) ? await startMongo(start, work) : null
const servers = []
for (const [index, target] of chosen.entries()) servers.push(await up(target, index, n, mongo))
const results = []
for (const workload of ORDER.filter((one) => options.workloads.split(',').includes(one))) {
  results.push(...(await measure(servers, workload, n)))
  say(table(results.filter((one) => one.workload === workload)))
}
process.stdout.write(`${table(results)}\n`)
if (options.save) save(results, { n, cores: cpus().length })
process.exit(options.check ? check(results, n) : 0)
