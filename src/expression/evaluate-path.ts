/**
 * Paths in memory: steps compiled to closures. A step that meets a list maps over it (nulls dropped,
 * nested lists joined); `linked` and `follow` ask the environment, and know the item they are in.
 */
import type { DictValue, Env, Step, Value } from './expr.ts'

/** What is left of the way, from a value in an item (`id`: of that item, where known). */
type Walk = (value: Value | undefined, id: Value, env: Env) => Value

const isDict = (value: Value | undefined): value is DictValue =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const ownMember = (value: Value | undefined, name: string): Value =>
  isDict(value) && Object.hasOwn(value, name) ? (value[name] ?? null) : null

/** `read` gives the root's value. */
export function compilePath<E extends readonly unknown[]>(
  read: (env: Env, ...more: E) => Value | undefined,
  steps: readonly Step[],
): (env: Env, ...more: E) => Value {
  const names = steps.flatMap((step) => (step.kind === 'key' ? [step.name] : []))
  const [first, second] = names
  const onlyKeys = names.length === steps.length
  const walk = steps.reduceRight<Walk>((next, step) => compileStep(step, next), end)
  const general = (root: Value | undefined, env: Env): Value =>
    walk(root, ownMember(root, '_id'), env)
  if (first === undefined && onlyKeys) return (env, ...more) => read(env, ...more) ?? null
  if (!onlyKeys || names.length > 2 || first === undefined) {
    return (env, ...more) => general(read(env, ...more), env)
  }
  if (second === undefined) {
    return (env, ...more) => {
      const root = read(env, ...more)
      return isDict(root) ? ownMember(root, first) : general(root, env)
    }
  }
  return (env, ...more) => {
    const root = read(env, ...more)
    const middle = isDict(root) ? ownMember(root, first) : undefined
    return isDict(middle) ? ownMember(middle, second) : general(root, env)
  }
}

const end: Walk = (value) => value ?? null

function compileStep(step: Step, next: Walk): Walk {
  const one = compileOne(step, next)
  return (value, id, env) => {
    if (!Array.isArray(value)) return one(value, id, env)
    const found: Value[] = []
    for (const element of value as readonly Value[]) gather(found, one(element, id, env))
    return found
  }
}

function gather(found: Value[], value: Value): void {
  if (value === null) return
  if (Array.isArray(value)) for (const element of value as readonly Value[]) gather(found, element)
  else found.push(value)
}

function compileOne(step: Step, next: Walk): Walk {
  switch (step.kind) {
    case 'key':
      return (value, id, env) => next(ownMember(value, step.name), id, env)
    case 'linked':
      return (_, id, env) => {
        if (typeof id !== 'string') return next(step.many ? [] : null, id, env)
        const ids = env.linked(step.side, id)
        return next(step.many ? ids : (ids[0] ?? null), id, env)
      }
    case 'follow':
      return (value, _, env) => {
        if (typeof value !== 'string') return null
        const item = env.follow(step.collection, value)
        return item === undefined ? null : next(item, value, env)
      }
  }
}
