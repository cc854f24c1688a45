/**
 * The check of a CEL tree: every node to an Expr with its type, all problems noted.
 * Operators, calls and macros have files of their own; paths are walked by place.ts.
 */
import { allOf, dictExpr, listExpr, oneOf, typeOf } from './build.ts'
import { TYPE_NAMES, checkCall, checkMethod } from './cel-calls.ts'
import type { ASTNode, Checker } from './cel-check.ts'
import { UNKNOWN, fault, rangeOf } from './cel-check.ts'
import { callFunction } from './cel-fold.ts'
import { binaryOperator, isBool, minusOperator, notOperator, ternary } from './cel-operators.ts'
import type { Expr, Type, Value } from './expr.ts'
import { BOOL, BYTES, DYN, FLOAT, INT, NULL, STRING, listOf, literal } from './expr.ts'
import { didYouMean } from './hint.ts'
import type { Place } from './place.ts'
import { exprOf, rootPlace, stepInto, valuePlace } from './place.ts'
import { common, describeType, isOpen, isText } from './types.ts'

const MOST_DEPTH = 300

export function checkNode(node: ASTNode, checker: Checker): Expr {
  const expr = checkOne(node, checker)
  // a literal may be one object in many places, and shows itself
  if (checker.ranges !== undefined && expr.kind !== 'literal')
    checker.ranges.set(expr, rangeOf(node))
  return expr
}

function checkOne(node: ASTNode, parent: Checker): Expr {
  const checker = { ...parent, depth: parent.depth + 1 }
  if (checker.depth > MOST_DEPTH) return fault(checker, rangeOf(node), 'Too deeply nested')
  switch (node.op) {
    case 'value':
      return checkLiteral(node, node.args, checker)
    case 'id':
    case '.':
    case '[]':
      return exprOf(placeOf(node, checker), checker)
    case '&&':
    case '||':
      return junction(node, node.op, checker)
    case '!_':
      return notOperator(checkNode(node.args, checker), { checker, range: rangeOf(node) })
    case '-_':
      return minusOperator(checkNode(node.args, checker), { checker, range: rangeOf(node) })
    case '?:': {
      const [test, then, otherwise] = node.args
      const parts = [
        checkNode(test, checker),
        checkNode(then, checker),
        checkNode(otherwise, checker),
      ] as const
      return ternary(parts, { checker, range: rangeOf(node) })
    }
    case 'call':
      return checkCall(node, node.args[0], node.args[1], checker)
    case 'rcall':
      return checkMethod(node, node.args, checker)
    case 'list':
      return checkList(node.args, checker)
    case 'map':
      return checkMap(node.args, checker)
    case '.?':
    case '[?]':
      return fault(
        checker,
        rangeOf(node),
        'Optional access is not needed: an unset field reads as null',
      )
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
    case 'in':
    case '+':
    case '-':
    case '*':
    case '/':
    case '%': {
      const left = checkNode(node.args[0], checker)
      const right = checkNode(node.args[1], checker)
      return binaryOperator(node.op, left, right, { checker, range: rangeOf(node) })
    }
  }
}

/** Where a node stands, for a name to go on from there. */
export function placeOf(node: ASTNode, checker: Checker): Place {
  if (node.op === 'id') return namedPlace(node, node.args, checker)
  if (node.op === '[]') return indexedPlace(node, node.args, checker)
  if (node.op !== '.') return valuePlace(checkNode(node, checker))
  if (checker.depth > MOST_DEPTH)
    return valuePlace(fault(checker, rangeOf(node), 'Too deeply nested'))
  const before = placeOf(node.args[0], { ...checker, depth: checker.depth + 1 })
  return memberPlace(before, node.args[1], { start: node.pos, end: node.end }, checker)
}

function memberPlace(
  before: Place,
  name: string,
  range: { start: number; end: number },
  checker: Checker,
): Place {
  if (before.inner === UNKNOWN) return before
  const next = stepInto(before, name, checker)
  if ('inner' in next) return next
  return valuePlace(
    fault(
      checker,
      range,
      `${next.message}${next.message === 'Unknown field' ? ` "${name}"` : ''}`,
      next.hint,
    ),
  )
}

function namedPlace(node: ASTNode, name: string, checker: Checker): Place {
  const local = checker.locals.get(name)
  if (local !== undefined) return local
  const type = checker.scope.roots.get(name)
  if (type !== undefined) return rootPlace(name, type)
  const typeName = TYPE_NAMES.get(name)
  if (typeName !== undefined) return valuePlace(literal(typeName, STRING))
  const known = [...checker.locals.keys(), ...checker.scope.roots.keys()]
  const hint = didYouMean(name, known) ?? `Known here: ${known.join(', ')}`
  return valuePlace(fault(checker, rangeOf(node), `Unknown name "${name}"`, hint))
}

function indexedPlace(
  node: ASTNode,
  [object, key]: readonly [ASTNode, ASTNode],
  checker: Checker,
): Place {
  const inner = { ...checker, depth: checker.depth + 1 }
  if (inner.depth > MOST_DEPTH)
    return valuePlace(fault(checker, rangeOf(node), 'Too deeply nested'))
  const before = placeOf(object, inner)
  const at = checkNode(key, inner)
  const type = typeOf(at)
  if (before.inner === UNKNOWN || at === UNKNOWN) return valuePlace(UNKNOWN)
  const container = exprOf(before, checker)
  const containerType = typeOf(container)
  const isList = containerType.kind === 'list'
  const isMap = containerType.kind === 'dict' || containerType.kind === 'map'
  if (!isList && at.kind === 'literal' && typeof at.value === 'string') {
    return memberPlace(before, at.value, rangeOf(key), checker)
  }
  const fits = isList ? type.kind === 'int' : isMap ? isText(type) : isOpen(containerType)
  if (fits || (isOpen(type) && (isList || isMap))) {
    const value = callFunction('index', [container, at], { checker, range: rangeOf(node) })
    return valuePlace(value, before.levels.length === 0 ? before.origin : null)
  }
  const message = `${describeType(containerType)} has no element at ${describeType(type)}`
  return valuePlace(fault(checker, rangeOf(node), message))
}

/** Chains are flattened: `a || b || c ...` may be long, and must not be deep. */
function junction(node: ASTNode, op: '&&' | '||', checker: Checker): Expr {
  const parts: ASTNode[] = []
  let rest: ASTNode = node
  while (rest.op === op) {
    parts.unshift(rest.args[1])
    rest = rest.args[0]
  }
  const args = [rest, ...parts].map((part) => {
    const arg = checkNode(part, checker)
    return isBool(arg, op, { checker, range: rangeOf(part) }) ? arg : UNKNOWN
  })
  if (args.includes(UNKNOWN)) return UNKNOWN
  // who explains a rule wants its parts as they were written, not made flat
  if (checker.ranges !== undefined)
    return Object.freeze({ kind: op === '&&' ? 'and' : 'or', args: Object.freeze(args) })
  return op === '&&' ? allOf(args) : oneOf(args)
}

function checkLiteral(node: ASTNode, value: unknown, checker: Checker): Expr {
  if (value === null) return NULL
  if (typeof value === 'string') return literal(value, STRING)
  if (typeof value === 'boolean') return literal(value, BOOL)
  if (typeof value === 'number') return literal(value, FLOAT)
  if (value instanceof Uint8Array) return literal(Buffer.from(value).toString('base64'), BYTES)
  const int = Number(value)
  if (Number.isSafeInteger(int)) return literal(int, INT)
  return fault(checker, rangeOf(node), 'An int is at most 2^53 - 1')
}

function checkList(nodes: readonly ASTNode[], checker: Checker): Expr {
  const items = nodes.map((node) => checkNode(node, checker))
  if (items.includes(UNKNOWN)) return UNKNOWN
  const type = items
    .map(typeOf)
    .reduce<Type | undefined>((a, b) => (a === undefined ? b : (common(a, b) ?? DYN)), undefined)
  return listExpr(items, listOf(type ?? DYN))
}

function checkMap(nodes: readonly (readonly [ASTNode, ASTNode])[], checker: Checker): Expr {
  const entries: [string, Expr][] = []
  let values: Type | undefined
  for (const [key, value] of nodes) {
    const name: Value = key.op === 'value' && typeof key.args === 'string' ? key.args : null
    const expr = checkNode(value, checker)
    if (name === null || name === '__proto__')
      return fault(checker, rangeOf(key), 'A key must be a text')
    if (expr === UNKNOWN) return UNKNOWN
    values = values === undefined ? typeOf(expr) : (common(values, typeOf(expr)) ?? DYN)
    entries.push([name, expr])
  }
  return dictExpr(entries, { kind: 'map', values: values ?? DYN })
}
