/**
 * Runs tap with one MongoDB for all test files: starting one a file costs more than most files do.
 * Arguments go to tap. Where no MongoDB can be had it says so, loudly, and the tests that need it are skipped.
 */
import { spawn } from 'node:child_process'
import { isHad, testReplicaSet } from './mongod.ts'

const server = await testReplicaSet()
if (!isHad(server))
  process.stderr.write(`\n*** NO MONGODB: its tests are SKIPPED: ${server.why}\n\n`)
const env = isHad(server) ? { ...process.env, MONGODB_URL: server.url } : process.env
const tap = spawn('tap', process.argv.slice(2), { stdio: 'inherit', env, shell: false })
process.exitCode = await new Promise<number>((resolve) => {
  tap.on('error', (error) => {
    process.stderr.write(`${error.message}\n`)
    resolve(1)
  })
  tap.on('close', (code) => resolve(code ?? 1))
})
if (isHad(server)) await server.stop()
