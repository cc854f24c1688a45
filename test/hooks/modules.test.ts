/** Hooks modules as users write them: TypeScript and JavaScript, no build step, `import ... from 'backo'`. */
import t from 'tap'
import { createApp } from '../../src/index.ts'

const YAML = `
backo: 1
name: app
hooks: HOOKS
storage: { default: { type: memory } }
server: { hook_timeout: 200ms }
collections:
  cats:
    can_modify: { hook: isOwner }
    fields: { name: { type: String, onchange: shout }, owner: String, code: { type: String, default: { hook: makeCode } } }
    actions: { pay: { hook: pay }, count: { hook: count } }
`

const TYPESCRIPT = `
import { BackoError, itemMethods } from 'backo'
import type { ActionHook, DefaultHook, EventHook, RightHook } from 'backo'
import { word } from './words'

enum Price { low = 402 }
let counted = 0
export const isOwner: RightHook = ({ item, currentUser }) => item.owner === currentUser.login
export const shout: EventHook = ({ item, value }) => { item.name = String(value).toUpperCase() + word }
export const makeCode: DefaultHook = ({ item }) => 'code of ' + (item as { name: string }).name
export const pay: ActionHook = async ({ item }) => {
  itemMethods(item).set({ name: 'spoiled' })
  await item.save()
  throw new BackoError(Price.low, 'pay first')
}
export const count: ActionHook = () => ({ counted: ++counted })
`

const JAVASCRIPT = `
const { BackoError } = require('backo')
exports.isOwner = ({ item, currentUser }) => item.owner === currentUser.login
exports.shout = ({ item, value }) => { item.name = String(value).toUpperCase() + '!' }
exports.makeCode = ({ item }) => 'code of ' + item.name
exports.pay = async () => { throw new BackoError(402, 'pay first') }
exports.count = () => ({ counted: 1 })
`

const MODULE = `
import { BackoError } from 'backo'
export function isOwner({ item, currentUser }) { return item.owner === currentUser.login }
export async function shout({ item, value }) { item.name = value.toUpperCase() + '!' }
export const makeCode = ({ item }) => 'code of ' + item.name
export const pay = () => { throw new BackoError(402, 'pay first') }
export const count = () => ({ counted: 1 })
`

const WORDS = `export const word: string = '!'\n`

const CASES = {
  'hooks.ts': TYPESCRIPT,
  'hooks.cjs': JAVASCRIPT,
  'hooks.js': JAVASCRIPT,
  'hooks.mjs': MODULE,
  'hooks.mts': TYPESCRIPT,
}

for (const [file, source] of Object.entries(CASES)) {
  void t.test(file, async (t) => {
    const directory = t.testdir({
      'backo.yaml': YAML.replace('HOOKS', `./${file}`),
      [file]: source,
      'words.ts': WORDS,
    })
    const app = await createApp(`${directory}/backo.yaml`, {
      logStream: { write: () => undefined },
    })
    t.teardown(() => app.close())
    const call = async (method: 'POST' | 'PUT', url: string, payload: object): Promise<unknown> => {
      const answer = await app.inject({ method, url, payload })
      return { status: answer.statusCode, ...(answer.json() as object) }
    }
    const made = (await call('POST', '/app/cats', { name: 'tom', owner: 'ANONYMOUS' })) as {
      _id: string
    }
    t.match(made, { status: 201, name: 'TOM!', code: 'code of tom' })
    t.match(await call('PUT', `/app/cats/${made._id}`, { owner: 'jerry' }), { status: 200 })
    t.match(await call('PUT', `/app/cats/${made._id}`, { owner: 'x' }), { status: 401 })
    t.match(await call('POST', `/app/cats/_actions/pay/${made._id}`, {}), {
      status: 402,
      detail: 'pay first',
    })
    t.match(await call('POST', `/app/cats/_actions/count/${made._id}`, {}), { counted: 1 })
    t.match((await app.backoffice['cats']?.load(made._id))?.['name'], 'TOM!')
  })
}
