/**
 * Events of a request -> what decided, in a form that a person (or a program) reads: the right, where it stands, and
 * each part of it with its value. Prints nothing.
 */
import { isDeepStrictEqual } from 'node:util'
import type { ConfigPath, ConfigSource, Location } from '../config/config.ts'
import type { Expr, Range, Value } from '../expression/expr.ts'
import { exprText } from '../expression/expr-text.ts'
import { trace, type Trace } from '../expression/trace.ts'
import type { Right, Rule } from '../model/backoffice.ts'
import type { Asked, Event } from './recorder.ts'

export interface Decision {
  /** `can_modify of books.price`, `exists of the action borrow of books` */
  readonly name: string
  readonly answer: 'yes' | 'no' | 'unknown'
  /** absent: the file says nothing of it, and it is given */
  readonly location?: Location
  /** the text of the rule, or what stands in its place: `true`, `hook: mayJoin` */
  readonly text: string
  /** the `_id` of the item it was asked about, where there is one */
  readonly item?: string
  readonly parts: readonly Part[]
  /** how often the request asked the same of other items: yes, no */
  readonly asked?: { readonly yes: number; readonly no: number }
}

/** A part of a rule, and its value. */
export interface Part {
  readonly text: string
  readonly value: Value
  /** of a condition that is neither true nor false */
  readonly unknown: boolean
  /** how deep it is in the rule, from 0 */
  readonly depth: number
  /** the answer rests on it */
  readonly decisive: boolean
  readonly location?: Location
}

const COLLECTION_RIGHTS = ['can_read', 'can_create', 'can_modify', 'can_delete']
const RIGHTS = [...COLLECTION_RIGHTS, 'exists', 'can_see', 'can_execute']

/** The last word of a path that names a right, a constraint or an enum; null: another rule. */
export function optionOf(path: ConfigPath): string | null {
  const words = path.filter((part) => typeof part === 'string' && part !== 'expr')
  const last = String(words.at(-1) ?? '')
  if (last === 'default_rights' || RIGHTS.includes(last)) return last
  return last === 'constraints' || last === 'enum' ? last : null
}

/** `can_read of books.price`. */
export function nameOf(path: ConfigPath): string {
  const option = optionOf(path) ?? String(path.at(-1))
  const what = option === 'constraints' ? 'a constraint' : option
  const [root, coll, section, name] = path
  if (root === 'types') return `${what} of the type ${String(coll)}`
  if (root !== 'collections') return what
  if (section === 'actions' && path.includes('schema'))
    return `${what} of ${fieldNames(path.slice(4))}, an argument of ${String(name)}`
  if (section === 'actions') return `${what} of the action ${String(name)} of ${String(coll)}`
  if (section === 'selections') return `${what} of the selection ${String(name)} of ${String(coll)}`
  return `${what} of ${[String(coll), fieldNames(path.slice(2))].filter((word) => word !== '').join('.')}`
}

const fieldNames = (path: ConfigPath): string =>
  path
    .flatMap((part, i) =>
      ['fields', 'schema'].includes(String(path[i - 1])) && typeof part === 'string' ? part : [],
    )
    .join('.')

export const answerOf = (value: Value): Decision['answer'] =>
  value === true ? 'yes' : value === false ? 'no' : 'unknown'

/** A rule that was asked, with its parts. */
export function ruleDecision({ rule, env, value }: Asked, source: ConfigSource): Decision {
  const id = idOf({ env })
  return {
    name: nameOf(rule.path),
    answer: answerOf(value),
    location: source.locate(rule.path),
    text: rule.text,
    ...(typeof id === 'string' ? { item: id } : {}),
    parts: partsOf({ rule, env }, source),
  }
}

const idOf = ({ env }: Pick<Asked, 'env'>): Value => {
  const item = env.roots['item']
  return isDict(item) ? (item['_id'] ?? null) : null
}

/** A right that is no rule: a constant, a hook, or not said. */
export function plainDecision(
  right: Right,
  {
    path,
    name,
    source,
  }: { readonly path: ConfigPath; readonly name: string; readonly source: ConfigSource },
): Decision {
  const said = right.kind !== 'always' || right.said === true
  return {
    name,
    answer:
      right.kind === 'always' && right.value ? 'yes' : right.kind === 'always' ? 'no' : 'unknown',
    ...(said ? { location: source.locate(path) } : {}),
    text: textOf(right),
    parts: [],
  }
}

function textOf(right: Right): string {
  if (right.kind === 'hook') return `hook: ${right.name}`
  if (right.kind === 'rule') return right.rule.text
  return right.said === true ? String(right.value) : 'not said: everyone'
}

/** In the order of the text: what the author wrote, and below it the values that it looks at. */
export function partsOf(
  { rule, env }: Pick<Asked, 'rule' | 'env'>,
  source: ConfigSource,
): readonly Part[] {
  const { expr, ranges } = rule.parts()
  const whole = trace(expr, env)
  const decisive = new Set<Trace>()
  mark(whole, decisive)
  const parts: Part[] = []
  const context: Walking = { rule, ranges, decisive, source, parts }
  // the answer is told above it
  const isWhole = ranges.has(whole.expr) && whole.parts.length > 0
  if (isWhole && isJunction(whole.expr)) for (const part of whole.parts) walk(part, 0, context)
  else walk(whole, 0, context)
  return parts
}

const isJunction = ({ kind }: Expr): boolean => kind === 'and' || kind === 'or'

function mark(node: Trace, decisive: Set<Trace>): void {
  decisive.add(node)
  for (const part of node.decisive) mark(part, decisive)
}

interface Walking {
  readonly rule: Rule
  readonly ranges: ReadonlyMap<Expr, Range>
  readonly decisive: ReadonlySet<Trace>
  readonly source: ConfigSource
  readonly parts: Part[]
}

const MOST_PARTS = 60

function walk(node: Trace, depth: number, context: Walking): void {
  const { rule, ranges, decisive, source, parts } = context
  if (parts.length >= MOST_PARTS) return
  const range = ranges.get(node.expr)
  const text = range ? rule.text.slice(range.start, range.end) : pathText(node.expr)
  if (text === null) {
    for (const part of node.parts) walk(part, depth, context)
    return
  }
  const part: Part = {
    text,
    value: node.value,
    unknown: isCondition(node.expr) && typeof node.value !== 'boolean',
    depth,
    decisive: decisive.has(node),
    ...(range ? { location: source.locate(rule.path, { range }) } : {}),
  }
  if (
    !parts.some(
      (each) =>
        each.text === text && each.depth === depth && isDeepStrictEqual(each.value, part.value),
    )
  )
    parts.push(part)
  for (const below of node.parts) walk(below, depth + 1, context)
}

/** What is not in the text itself, as `has_role` stands for it. */
function pathText(expr: Expr): string | null {
  if (expr.kind !== 'path') return null
  return exprText(expr)
}

const CONDITIONS = new Set(['and', 'or', 'not', 'any', 'all', 'one'])

const isCondition = (expr: Expr): boolean =>
  CONDITIONS.has(expr.kind) || ('type' in expr && expr.type.kind === 'bool' && expr.kind === 'call')

const isDict = (value: Value | undefined): value is { readonly [key: string]: Value } =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Rules that are rights, of one request, the same rule told once: with the item for which it said no, if any. */
export function decisionsOf(
  events: readonly Event[],
  source: ConfigSource,
  wanted: (option: string, event: Event) => boolean = () => true,
): readonly Decision[] {
  const byRule = new Map<Rule, Asked[]>()
  const hooks = new Map<string, Decision>()
  const order: (Rule | string)[] = []
  for (const event of events) {
    if (event.kind === 'hook') {
      if (!wanted(event.right, event)) continue
      const key = `${event.name} ${event.right} ${String(event.value)}`
      if (!hooks.has(key)) order.push(key)
      hooks.set(key, hookDecision(event))
      continue
    }
    const option = optionOf(event.rule.path)
    if (option === null || !wanted(option, event)) continue
    const same = byRule.get(event.rule)
    if (same) same.push(event)
    else {
      byRule.set(event.rule, [event])
      order.push(event.rule)
    }
  }
  return order.flatMap((key) => {
    if (typeof key === 'string') return hooks.get(key) ?? []
    const asked = byRule.get(key) ?? []
    const told = asked.find(({ value }) => value !== true) ?? asked.at(-1)
    if (!told) return []
    const items = new Map(asked.map((event) => [idOf(event), event.value]))
    const yes = [...items.values()].filter((value) => value === true).length
    const counts = items.size > 1 ? { asked: { yes, no: items.size - yes } } : {}
    return { ...ruleDecision(told, source), ...counts }
  })
}

const hookDecision = ({ name, right, value }: Extract<Event, { kind: 'hook' }>): Decision => ({
  name: `the right to ${right}`,
  answer: value ? 'yes' : 'no',
  text: `hook: ${name}`,
  parts: [],
})
