/** The Dockerfile, held by rules as hadolint has them: there is no engine here to build it. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { ROOT } from '../support/spawn-backo.ts'

interface Instruction {
  readonly name: string
  readonly rest: string
}

const instructions: readonly Instruction[] = readFileSync(join(ROOT, 'Dockerfile'), 'utf8')
  .replaceAll(/^#.*\n/gm, '')
  .replaceAll('\\\n', ' ')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map((line) => {
    const [, name = '', rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? []
    return { name, rest }
  })
const all = (name: string): string[] =>
  instructions.flatMap((one) => (one.name === name ? [one.rest] : []))
const lastStage = instructions.slice(instructions.findLastIndex(({ name }) => name === 'FROM'))
const { files } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly files: readonly string[]
}

t.test('the Dockerfile', async (t) => {
  for (const { name } of instructions) t.match(name, /^[A-Z]+$/, 'every line is an instruction')
  for (const image of all('FROM')) t.match(image, /^node:\d+-\w+/, `${image}: of a version`)
  t.match(lastStage[0]?.rest, /slim$/)
  for (const rest of all('COPY')) {
    const words = rest.split(/\s+/)
    if (words[0] === '--from=build') continue
    for (const source of words.slice(0, -1)) t.ok(existsSync(join(ROOT, source)), source)
  }
  const copied = all('COPY').flatMap((rest) => /--from=build \/build\/(\S+)/.exec(rest)?.[1] ?? [])
  const needed = files.filter((path) => path.startsWith('dist/') && path !== 'dist/src')
  for (const path of needed) t.ok(copied.includes(path), `${path} is in the image`)
  for (const name of ['CMD', 'ENTRYPOINT'])
    for (const rest of all(name)) t.match(rest, /^\[".*"\]$/)
  const names = lastStage.map(({ name }) => name)
  for (const name of ['USER', 'HEALTHCHECK', 'STOPSIGNAL', 'LABEL', 'EXPOSE'])
    t.ok(names.includes(name), name)
  t.not(all('USER').at(-1), 'root')
  for (const rest of all('RUN')) t.notMatch(rest, /sudo|curl|wget|apt-get(?!.*rm -rf)/)
  const ignored = readFileSync(join(ROOT, '.dockerignore'), 'utf8')
  for (const path of ['.git', 'node_modules', 'dist', '.env']) t.match(ignored, path)
})
