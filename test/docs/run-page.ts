/**
 * Runs the blocks of a page of docs/, in order, in one folder: yaml that begins with `backo: 1` becomes backo.yaml, is
 * validated strictly and tested; named blocks become files; sh and console are run, by a server where they need one.
 * ts is put aside for the compiler.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Test } from 'tap'
import { main } from '../../src/cli/main.ts'
import { fakeTerminal } from '../cli/fake-terminal.ts'
import { ROOT, spawnBacko, type Spawned } from '../support/spawn-backo.ts'
import { patternOf } from './expected-output.ts'
import { fencesOf, type Fence } from './fences.ts'
import { openShell, SECRET, type Shell } from './shell.ts'

interface World {
  readonly t: Test
  readonly shell: Shell
  readonly server: { current: Spawned | null }
}

const HERE = 'http://127.0.0.1:8080'

/** Gives how many blocks of each kind it has run. */
export async function runPage(
  t: Test,
  name: string,
  home: string,
): Promise<Record<string, number>> {
  const shell = openShell(join(home, 'shell'), join(home, 'work'))
  const world: World = { t, shell, server: { current: null } }
  const ran: Record<string, number> = {}
  try {
    for (const fence of fencesOf(readFileSync(join(ROOT, 'docs', name), 'utf8'))) {
      const kind = await runFence(world, fence)
      if (kind !== null) ran[kind] = (ran[kind] ?? 0) + 1
    }
  } finally {
    await stop(world)
  }
  return ran
}

/** The kind that it was counted as; null: nothing to run. */
async function runFence(world: World, fence: Fence): Promise<string | null> {
  const { language, text, file } = fence
  const at = (name: string): string => join(world.shell.folder(), name)
  if (language === 'yaml' && /^(#.*\n)*backo: 1\b/.test(text)) {
    await stop(world)
    rmSync(at('data'), { recursive: true, force: true })
    writeFileSync(at('backo.yaml'), text)
    await checkConfig(world, fence)
    return 'yaml'
  }
  if (file !== null) {
    mkdirSync(dirname(at(file)), { recursive: true })
    writeFileSync(at(file), text)
    return language === 'ts' ? 'ts' : 'file'
  }
  switch (language) {
    case 'sh':
      await runScript(world, fence)
      return 'sh'
    case 'console':
      await runSession(world, fence)
      return 'console'
    case 'ts':
      writeFileSync(at(`line-${fence.line}.ts`), text)
      return 'ts'
    default:
      return null
  }
}

async function checkConfig({ t, shell }: World, { text, line }: Fence): Promise<void> {
  const cwd = shell.folder()
  const commands = [['validate', '--strict'], ...(/^tests:/m.test(text) ? [['test']] : [])]
  for (const command of commands) {
    const { terminal, out, err } = fakeTerminal({ cwd, env: { JWT_SECRET: SECRET } })
    const code = await main([...command, 'backo.yaml'], terminal)
    t.equal(code, 0, `line ${line}: backo ${command.join(' ')}`, { said: out() + err() })
  }
}

/** Every line ends well; those that ask the server get 2xx, or what is said behind them: `# 403`. */
async function runScript(world: World, { text, line }: Fence): Promise<void> {
  const { t, shell } = world
  const ran = await shell.run(`set -euo pipefail\n${await served(world, text)}`)
  t.equal(ran.code, 0, `line ${line}: ends well`, { said: ran.said })
  const asked = text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((one) => /\b(curl|api) /.test(one) && !/^(?:#|\w+\(\) )/.test(one))
  const wanted = asked.map((one) => Number(/# (\d{3})\b/.exec(one)?.[1] ?? 200))
  const got = ran.statuses.map((status) => (status === 201 || status === 204 ? 200 : status))
  t.strictSame(got, wanted, `line ${line}: statuses`, { said: ran.said })
}

/** Commands behind `$ `, each with what it says. */
async function runSession(world: World, { text, line }: Fence): Promise<void> {
  const { t, shell } = world
  for (const part of text.split(/^\$ /m).slice(1)) {
    const [, command = '', shown = ''] = /^((?:.*\\\n)*.*\n)([^]*)$/.exec(part) ?? []
    const { said } = await shell.run(await served(world, command))
    if (command.startsWith('backo serve')) continue
    t.match(said, patternOf(shown), `line ${line}: ${command.trim()}`)
  }
}

/** The script, with a server for it where it asks one. */
async function served(world: World, script: string): Promise<string> {
  if (!/\b(curl|api|serve) |127\.0\.0\.1/.test(script)) return script
  world.server.current ??= await spawnBacko(undefined, {
    cwd: world.shell.folder(),
    env: { JWT_SECRET: SECRET },
  })
  const { origin } = new URL(world.server.current.url)
  return script.replaceAll(/^backo serve.*$/gm, ':').replaceAll(HERE, origin)
}

async function stop({ server }: World): Promise<void> {
  await server.current?.stop()
  server.current = null
}
