/**
 * Loaded before a server (`node --import`): measures how late its event loop is. At SIGUSR2 the figures since
 * the last one go to the file DELAYS, in milliseconds. Knows nothing of the server.
 */
import { writeFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'

const RESOLUTION = 1
const delay = monitorEventLoopDelay({ resolution: RESOLUTION })
delay.enable()
// the timer's own period is in the figures
const ms = (ns) => Math.max(0, ns / 1e6 - RESOLUTION)

process.on('SIGUSR2', () => {
  const [p50, p99, max] = [delay.percentile(50), delay.percentile(99), delay.max].map(ms)
  writeFileSync(process.env.DELAYS, JSON.stringify({ p50, p99, max }))
  delay.reset()
})
