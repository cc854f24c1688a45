/** CEL calls: the forms of our own (has, has_role, now, uuid, dyn, type), macros, and the table's functions. */
import { call, choose, equal, oneOf, pathOf, quantify, typeOf } from './build.ts'
import type { ASTNode, Checker } from './cel-check.ts'
import { UNKNOWN, fault, rangeOf } from './cel-check.ts'
import { callFunction } from './cel-fold.ts'
import { CEL_NAMES, chooseOverload } from './cel-functions.ts'
import { checkMacro } from './cel-macros.ts'
import { exists } from './cel-operators.ts'
import type { Expr, Type } from './expr.ts'
import { BOOL, DYN, NULL, STRING, TIMESTAMP, listOf, literal } from './expr.ts'
import { didYouMean } from './hint.ts'
import { comparable, describeType, isOpen } from './types.ts'

/** What `type(x)` gives, and what `int`, `string`, ... stand for beside it. */
export const TYPE_NAMES: ReadonlyMap<string, string> = new Map(
  ['int', 'double', 'bool', 'string', 'bytes', 'list', 'map'].map((name) => [name, name]),
)

const NAMESPACES = new Set(['math', 'strings'])

/** `f(a, b)` */
export function checkCall(
  node: ASTNode,
  name: string,
  args: readonly ASTNode[],
  checker: Checker,
): Expr {
  const [first] = args
  if (name === 'has' && args.length === 1 && first !== undefined) return checkHas(first, checker)
  if (args.length === 0 && name === 'now') return call('now', [], TIMESTAMP)
  if (args.length === 0 && name === 'uuid') return call('uuid', [], STRING)
  const checked = args.map((arg) => checker.check(arg, checker))
  const [value] = checked
  if (args.length === 1 && value !== undefined && name === 'dyn') return asDyn(value)
  if (args.length === 1 && value !== undefined && name === 'type') return typeCall(value)
  return fromTable({ node, name, args: checked, receiver: false }, checker)
}

/** `x.f(a, b)` */
export function checkMethod(
  node: ASTNode,
  [name, receiver, args]: readonly [string, ASTNode, readonly ASTNode[]],
  checker: Checker,
): Expr {
  const macro = checkMacro({ node, name, receiver, args }, checker)
  if (macro !== undefined) return macro
  if (receiver.op === 'id') {
    if (name === 'has_role' && receiver.args === 'current_user')
      return checkHasRole(node, args, checker)
    const known = checker.locals.has(receiver.args) || checker.scope.roots.has(receiver.args)
    if (!known && NAMESPACES.has(receiver.args)) {
      const checked = args.map((arg) => checker.check(arg, checker))
      return fromTable(
        { node, name: `${receiver.args}.${name}`, args: checked, receiver: false },
        checker,
      )
    }
  }
  const checked = [receiver, ...args].map((arg) => checker.check(arg, checker))
  return fromTable({ node, name, args: checked, receiver: true }, checker)
}

interface TableCall {
  readonly node: ASTNode
  readonly name: string
  readonly args: readonly Expr[]
  readonly receiver: boolean
}

function fromTable({ node, name, args, receiver }: TableCall, checker: Checker): Expr {
  if (args.includes(UNKNOWN)) return UNKNOWN
  const range = rangeOf(node)
  const types = args.map(typeOf)
  const choice = chooseOverload(name, receiver, types)
  switch (choice.kind) {
    case 'found':
      return callFunction(choice.fn, args, { checker, range })
    case 'unknown':
      return fault(checker, range, `Unknown function "${name}"`, didYouMean(name, CEL_NAMES))
    case 'misfit': {
      const given = types.map(describeType).join(', ') || 'nothing'
      const onList = name === 'contains' && types[0]?.kind === 'list'
      const hint = onList ? 'In a list: value in list' : `It is ${choice.expected}`
      return fault(checker, range, `${name} can't take ${given}`, hint)
    }
  }
}

function checkHas(arg: ASTNode, checker: Checker): Expr {
  if (arg.op === '.' || arg.op === '[]' || arg.op === 'id') {
    const value = checker.check(arg, checker)
    return value === UNKNOWN ? UNKNOWN : exists(value)
  }
  return fault(checker, rangeOf(arg), 'has() takes a field: has(item.name)')
}

/** `has_role("A")`, `has_role(["A", "B"])`: any of them. */
function checkHasRole(node: ASTNode, args: readonly ASTNode[], checker: Checker): Expr {
  const [arg] = args
  const range = rangeOf(node)
  if (!checker.scope.roots.has('current_user'))
    return fault(checker, range, 'Unknown name "current_user"')
  if (arg === undefined || args.length !== 1) {
    return fault(checker, range, 'has_role takes a role or a list of roles')
  }
  const wanted = checker.check(arg, checker)
  const type = typeOf(wanted)
  const roles = pathOf('current_user', [{ kind: 'key', name: 'roles' }], listOf(STRING))
  const has = (role: Expr): Expr => call('in', [role, roles], BOOL)
  if (wanted === UNKNOWN) return UNKNOWN
  if (type.kind !== 'list') {
    if (comparable(type, STRING) && type.kind !== 'null') return has(wanted)
    return fault(checker, rangeOf(arg), `A role is a string, not ${describeType(type)}`)
  }
  if (!comparable(type.items, STRING)) {
    return fault(checker, rangeOf(arg), `A role is a string, not ${describeType(type.items)}`)
  }
  if (wanted.kind === 'literal' && Array.isArray(wanted.value)) {
    return oneOf(wanted.value.map((role) => has(literal(role, STRING))))
  }
  const name = checker.fresh()
  return quantify('any', wanted, name, has(pathOf(name, [], type.items)))
}

/** The same value, of which the check knows nothing any more. */
function asDyn(value: Expr): Expr {
  if (value === UNKNOWN) return UNKNOWN
  return 'type' in value
    ? Object.freeze({ ...value, type: DYN })
    : choose(equal(value, NULL), NULL, value, DYN)
}

const CEL_TYPE: Partial<Record<Type['kind'], string>> = {
  float: 'double',
  ref: 'string',
  dict: 'map',
  timestamp: 'google.protobuf.Timestamp',
  duration: 'google.protobuf.Duration',
}

function typeCall(value: Expr): Expr {
  const type = typeOf(value)
  if (value === UNKNOWN) return UNKNOWN
  if (isOpen(type)) return call('type', [value], STRING)
  return choose(
    exists(value),
    literal(CEL_TYPE[type.kind] ?? type.kind, STRING),
    literal(null, STRING),
  )
}
