/**
 * Which references expressions pass through, so that operations can load them ahead, in batches.
 * Names of quantifiers are rewritten to the paths of their lists. Knows no store.
 */
import { childrenOf } from './build.ts'
import type { Expr, Step } from './expr.ts'

/** From a root through `linked` and `follow` steps; the last step is one of those. */
export interface ReadPath {
  readonly root: string
  readonly steps: readonly Step[]
}

type Sources = ReadonlyMap<string, readonly ReadPath[]>

/** Deduplicated; a path that is the beginning of another is left out, as loading that one loads it too. */
export function referenceReads(exprs: readonly Expr[]): readonly ReadPath[] {
  const found = new Map<string, ReadPath>()
  for (const expr of exprs) collect(expr, new Map(), found)
  const keys = [...found.keys()]
  return [...found]
    .filter(([key]) => !keys.some((other) => other !== key && other.startsWith(key)))
    .map(([, path]) => path)
}

function collect(expr: Expr, names: Sources, found: Map<string, ReadPath>): void {
  if (expr.kind === 'path') {
    for (const path of absolute(expr, names)) add(path, found)
    return
  }
  if ('body' in expr) {
    collect(expr.list, names, found)
    collect(expr.body, within(expr, names), found)
    return
  }
  for (const child of childrenOf(expr)) collect(child, names, found)
}

function add(path: ReadPath, found: Map<string, ReadPath>): void {
  const last = path.steps.findLastIndex((step) => step.kind !== 'key')
  if (last === -1) return
  const steps = path.steps.slice(0, last + 1)
  found.set(`${path.root}${steps.map((step) => `\n${JSON.stringify(step)}`).join('')}\n`, {
    root: path.root,
    steps,
  })
}

function absolute(path: ReadPath, names: Sources): readonly ReadPath[] {
  const bases = names.get(path.root)
  if (bases === undefined) return [{ root: path.root, steps: path.steps }]
  return bases.map((base) => ({ root: base.root, steps: [...base.steps, ...path.steps] }))
}

function within(expr: { readonly list: Expr; readonly name: string }, names: Sources): Sources {
  return new Map([...names, [expr.name, sourcesOf(expr.list, names)]])
}

/** The paths from which a value (or the elements of a list) may come. */
function sourcesOf(expr: Expr, names: Sources): readonly ReadPath[] {
  switch (expr.kind) {
    case 'path':
      return absolute(expr, names)
    case 'filter':
      return sourcesOf(expr.list, names)
    case 'map':
      return sourcesOf(expr.body, within(expr, names))
    case 'if':
      return [...sourcesOf(expr.then, names), ...sourcesOf(expr.else, names)]
    case 'list':
      return expr.items.flatMap((item) => sourcesOf(item, names))
    case 'call':
      return callSources(expr, names)
    case 'dict':
      return expr.entries.flatMap(([, value]) => sourcesOf(value, names))
    case 'literal':
    case 'and':
    case 'or':
    case 'not':
    case 'any':
    case 'all':
    case 'one':
      return []
  }
}

/** `index(dict, "name")` is one step further; other calls give (parts of) their arguments. */
function callSources(expr: Extract<Expr, { kind: 'call' }>, names: Sources): readonly ReadPath[] {
  const [of, key] = expr.args
  if (
    expr.fn !== 'index' ||
    of === undefined ||
    key?.kind !== 'literal' ||
    typeof key.value !== 'string'
  ) {
    return expr.args.flatMap((arg) => sourcesOf(arg, names))
  }
  const step: Step = { kind: 'key', name: key.value }
  return sourcesOf(of, names).map(({ root, steps }) => ({ root, steps: [...steps, step] }))
}
