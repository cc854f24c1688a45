/** The figures as a table of ratios; kept in RESULTS.json and compared with it. */
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'

const FILE = new URL('./RESULTS.json', import.meta.url)
/** Slower than this share of the committed ratio is told. */
const TOLERANCE = 0.85
/** What each workload is held against: the best of the bare servers that do it. */
const MARKS = {
  W1: ['bare', 'bare-mongo'],
  W2: ['bare', 'bare-mongo'],
  W3: ['bare-columns', 'bare', 'bare-mongo'],
  W6: ['bare', 'bare-mongo'],
  CURSOR: ['bare', 'bare-mongo'],
  W5: ['bare-group', 'bare', 'bare-mongo'],
  W4: ['bare-group', 'bare', 'bare-mongo'],
}
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]

function markOf(results, { workload, name }) {
  const wanted = name.includes('mongo') ? ['bare-mongo'] : MARKS[workload]
  const found = wanted.map((one) => results.find((r) => r.name === one && r.workload === workload))
  return found.find((one) => one !== undefined)
}

/** Requests a second of a target to those of its mark, round by round; by `cpu`: a second of processor time. */
function ratio(results, result, by = 'rate') {
  const mark = markOf(results, result)
  if (!mark || mark === result) return null
  const each = result.rounds.map((one, round) =>
    by === 'cpu' ? mark.rounds[round].cpu / one.cpu : one.rate / mark.rounds[round].rate,
  )
  return median(each)
}

export function table(results) {
  const rows = results.map((result) => {
    const { workload, name, rounds, memory } = result
    const of = ratio(results, result)
    const rate = Math.round(median(rounds.map((one) => one.rate)))
    const [p50, p99] = ['p50', 'p99'].map((key) => median(rounds.map((one) => one[key])).toFixed(2))
    const errors = rounds.reduce((sum, one) => sum + one.errors, 0)
    const cpu = Math.round(median(rounds.map((one) => one.cpu)))
    const byCpu = ratio(results, result, 'cpu')?.toFixed(2) ?? ''
    const against = of === null ? '' : `${of.toFixed(2)} x ${markOf(results, result).name}`
    const failed = errors > 0 ? ` **${errors} errors**` : ''
    return `| ${workload} | ${name} | ${rate}${failed} | ${p50} / ${p99} | ${against} | ${cpu} | ${byCpu} | ${memory ?? ''} |`
  })
  const head =
    '| workload | target | requests/s | p50 / p99 ms | ratio | us CPU a request | ratio by CPU | peak MiB |'
  return [head, '|---|---|---|---|---|---|---|---|', ...rows].join('\n')
}

/** `{ 'ours W1': { rate, cpu } }`; what answered too little to be measured is left out */
const ratios = (results) =>
  Object.fromEntries(
    results.flatMap((result) => {
      const [rate, cpu] = [ratio(results, result), ratio(results, result, 'cpu')]
      if (!(rate > 0 && cpu > 0)) return []
      const round = (value) => Number(value.toFixed(3))
      return [[`${result.name} ${result.workload}`, { rate: round(rate), cpu: round(cpu) }]]
    }),
  )

function committed() {
  try {
    return JSON.parse(readFileSync(FILE, 'utf8'))
  } catch {
    return {}
  }
}

/** Keeps the ratios of this run, by size, with when and where it was. */
export function save(results, { n, cores }) {
  const all = committed()
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  const date = new Date().toISOString().slice(0, 10)
  const run = { date, commit, cores, node: process.version }
  const kept = { ...all[n]?.ratios, ...ratios(results) }
  writeFileSync(FILE, `${JSON.stringify({ ...all, [n]: { ...run, ratios: kept } }, null, 2)}\n`)
}

/** Says what got slower, by the clock and by processor time: one alone is the machine's doing. @returns the exit code */
export function check(results, n) {
  const before = committed()[n]?.ratios
  if (before === undefined) {
    process.stdout.write(`no figures are kept for ${n} users: --save keeps some\n`)
    return 2
  }
  const slower = Object.entries(ratios(results)).filter(([key, now]) => {
    const was = before[key]
    return was && now.rate < was.rate * TOLERANCE && now.cpu < was.cpu * TOLERANCE
  })
  for (const [key, now] of slower) {
    const was = before[key]
    process.stdout.write(
      `slower: ${key} is ${now.rate} of its mark (by CPU ${now.cpu}), it was ${was.rate} (${was.cpu})\n`,
    )
  }
  if (slower.length === 0) process.stdout.write('nothing got slower by more than 15 %\n')
  return slower.length === 0 ? 0 : 1
}
