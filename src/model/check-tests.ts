/**
 * The tests of the file, as far as they can be checked without running them: names, types, what they are about.
 * A test that could not fail, or never hold, is a mistake too. Knows no store.
 */
import type { ConfigPath, Config, StepConfig, TestConfig } from '../config/config.ts'
import { rootsOf } from '../expression/bind.ts'
import { didYouMean } from '../expression/hint.ts'
import type { Env } from '../expression/expr.ts'
import type { Backoffice, Collection, Field } from './backoffice.ts'
import type { Report } from './report.ts'
import { readStep, readTarget, type Step, type Target } from './test-target.ts'
import { accept } from './values/accept.ts'

const CODE = 'BACKO_CONFIG_TEST'

interface Checking {
  readonly backoffice: Backoffice
  readonly report: Report
}

export function checkTests({ tests }: Config, backoffice: Backoffice, report: Report): void {
  tests.forEach((test, i) => checkTest(test, ['tests', i], { backoffice, report }))
}

function checkTest(test: TestConfig, at: ConfigPath, checking: Checking): void {
  const { backoffice, report } = checking
  if (test.as) checkUser(test.as, [...at, 'as'], checking)
  for (const [name, items] of Object.entries(test.given))
    checkGiven({ name, items }, [...at, 'given', name], checking)
  if (test.can.length + test.cannot.length + test.hides.length === 0 && test.sees === undefined) {
    const hint = 'say what the user `can` do, `cannot` do, `sees` or what it `hides`'
    report.error(CODE, at, 'this test expects nothing', { hint })
  }
  const target = readTarget(test.on, backoffice)
  if ('message' in target) {
    report.error(CODE, [...at, 'on'], target.message, { hint: target.hint })
    return
  }
  if ('id' in target) expectGiven(target, test, [...at, 'on'], report)
  for (const side of ['can', 'cannot'] as const) {
    const steps = test[side]
    steps.forEach((step, j) => checkStep(step, side, { target, at: [...at, side, j], report }))
  }
  checkShown(test, target, at, report)
}

function checkUser(as: object, at: ConfigPath, { backoffice, report }: Checking): void {
  const { currentUser } = backoffice
  const id: unknown = Object.hasOwn(as, '_id') ? (as as { _id: unknown })._id : undefined
  if (id === '000') {
    const hint = 'leave `as` out'
    report.error(CODE, [...at, '_id'], '"000" is the anonymous user', { hint })
  } else if (id !== undefined && (typeof id !== 'string' || id === ''))
    report.error(CODE, [...at, '_id'], 'an _id is a text')
  const { errors } = accept(currentUser, null, as, { env: NOTHING })
  for (const { path, message } of errors) tell(path, message, { field: currentUser, at, report })
}

interface Given {
  readonly name: string
  readonly items: readonly Readonly<Record<string, unknown>>[]
}

function checkGiven(
  { name, items }: Given,
  at: ConfigPath,
  { backoffice, report }: Checking,
): void {
  const collection = backoffice.collections.get(name)
  if (!collection) {
    const hint = didYouMean(name, backoffice.collections.keys())
    report.error(CODE, at, `unknown collection ${name}`, { at: 'key', hint })
    return
  }
  const ids = new Set<unknown>()
  items.forEach((item, i) => {
    const here = [...at, i]
    const id = Object.hasOwn(item, '_id') ? item['_id'] : undefined
    if (typeof id !== 'string' || id === '')
      report.error(
        CODE,
        id === undefined ? here : [...here, '_id'],
        'an item needs an `_id`, a text',
      )
    else if (ids.has(id)) report.error(CODE, [...here, '_id'], `${id} is here twice`)
    ids.add(id)
    checkBody({ collection, body: item, at: here, onlyNames: false }, report)
  })
}

interface Body {
  readonly collection: Collection
  readonly body: unknown
  readonly at: ConfigPath
  /** a wrong value may be what is tried */
  readonly onlyNames: boolean
}

function checkBody({ collection, body, at, onlyNames }: Body, report: Report): void {
  checkValues(collection.item, { body, at, onlyNames }, report)
}

function checkValues(
  field: Field,
  { body, at, onlyNames }: Omit<Body, 'collection'>,
  report: Report,
): void {
  const { errors } = accept(field, null, body, { env: NOTHING })
  for (const { path, message } of errors)
    if (!onlyNames || message === UNKNOWN) tell(path, message, { field, at, report })
}

const UNKNOWN = 'Unknown field'

interface Told {
  readonly field: Field
  readonly at: ConfigPath
  readonly report: Report
}

/** A fault at a selector (`$.lines[0].price`) below a place of the file. */
function tell(path: string, message: string, { field, at, report }: Told): void {
  const keys = [...path.matchAll(/\.([^.[]+)|\[(\d+)\]/g)].map(([, name, index]) =>
    name === undefined ? Number(index) : name,
  )
  const last = keys.at(-1)
  const isUnknown = message === UNKNOWN && typeof last === 'string'
  const beside = isUnknown ? memberAt(field, keys.slice(0, -1))?.fields?.keys() : undefined
  const hint = isUnknown && beside ? didYouMean(last, beside) : undefined
  const text = isUnknown ? `unknown field ${last}` : message
  report.error(CODE, [...at, ...keys], text, { hint, ...(isUnknown ? { at: 'key' as const } : {}) })
}

function memberAt(field: Field, keys: readonly (string | number)[]): Field | undefined {
  let found: Field | undefined = field
  for (const key of keys)
    found = typeof key === 'number' ? found?.items?.[0] : found?.fields?.get(key)
  return found
}

/** Else nothing could be read, and every `cannot` would hold. */
function expectGiven(
  { collection, id }: { readonly collection: Collection; readonly id: string },
  { given }: TestConfig,
  at: ConfigPath,
  report: Report,
): void {
  const ids = idsIn(given, collection.name)
  if (ids.includes(id)) return
  const hint =
    didYouMean(id, ids) ?? `given: { ${collection.name}: [ { _id: ${JSON.stringify(id)}, ... } ] }`
  report.error(CODE, at, `no item ${id} is given in ${collection.name}`, { hint })
}

const idsIn = (given: TestConfig['given'], name: string): readonly string[] =>
  (Object.hasOwn(given, name) ? (given[name] ?? []) : []).flatMap(({ _id }) =>
    typeof _id === 'string' ? _id : [],
  )

interface StepPlace {
  readonly target: Target
  readonly at: ConfigPath
  readonly report: Report
}

function checkStep(
  said: StepConfig,
  side: 'can' | 'cannot',
  { target, at, report }: StepPlace,
): void {
  const step = readStep(said, target)
  if ('message' in step) {
    const place = said.what.length === 1 && said.body !== undefined ? [...at, ...said.what] : at
    report.error(CODE, place, step.message, { hint: step.hint, at: 'key' })
    return
  }
  if (said.because !== undefined && side === 'can')
    report.error(CODE, [...at, 'because'], '`because` is about a refusal', { at: 'key' })
  const { body } = said
  if (body === undefined) {
    expectNoArguments(step, at, report)
    return
  }
  const place = [...at, ...said.what]
  const onlyNames = side === 'cannot'
  if (step.kind === 'create' || step.kind === 'modify')
    checkBody({ collection: target.collection, body, at: place, onlyNames }, report)
  else if (step.kind === 'act')
    checkValues(step.action.schema, { body, at: place, onlyNames }, report)
  else if (step.kind !== 'select')
    report.error(CODE, place, `${step.kind} takes no body`, {
      hint: `write \`${step.kind}\` alone`,
    })
}

function expectNoArguments(step: Step, at: ConfigPath, report: Report): void {
  if (step.kind !== 'act') return
  const { name, canExecute } = step.action
  if (canExecute.kind !== 'rule' || !rootsOf(canExecute.rule.expr).roots.has('action')) return
  const hint = `give them: \`${name}: { ... }\``
  report.error(CODE, at, `the right to run ${name} looks at its arguments`, { hint })
}

function checkShown(test: TestConfig, target: Target, at: ConfigPath, report: Report): void {
  const { collection } = target
  const isList = target.kind === 'collection' || target.kind === 'selection'
  for (const side of ['sees', 'hides'] as const) {
    const said = test[side] ?? []
    if (target.kind === 'action' && said.length > 0) {
      const hint = `say \`on: ${collection.name}/${target.id}\``
      report.error(CODE, [...at, side], 'an action shows nothing', { at: 'key', hint })
      continue
    }
    said.forEach((name, i) => {
      if (isList) {
        const ids = idsIn(test.given, collection.name)
        if (!ids.includes(name))
          report.error(CODE, [...at, side, i], `no item ${name} is given in ${collection.name}`, {
            hint: didYouMean(name, ids),
          })
        return
      }
      const path = plainPath(name)
      if (collection.fieldAt.has(path)) return
      const hint = didYouMean(path, collection.fieldAt.keys())
      report.error(CODE, [...at, side, i], `unknown field ${path} of ${collection.name}`, { hint })
    })
  }
}

/** `$.borrow.user` and `borrow.user` are the same. */
export const plainPath = (path: string): string => path.replace(/^\$\./, '')

const NOTHING: Env = {
  roots: {},
  now: '1970-01-01T00:00:00.000Z',
  follow: () => undefined,
  linked: () => [],
}
