/** CEL's macros over lists: all, exists, exists_one, map, filter. Each binds a name for the elements. */
import { quantify, transformList, typeOf } from './build.ts'
import type { ASTNode, Checker } from './cel-check.ts'
import { UNKNOWN, fault, rangeOf } from './cel-check.ts'
import { isBool } from './cel-operators.ts'
import type { Expr, Type } from './expr.ts'
import { DYN, listOf } from './expr.ts'
import type { Place } from './place.ts'
import { exprOf, rootPlace } from './place.ts'
import { describeType, isOpen } from './types.ts'

type Macro = 'all' | 'any' | 'one' | 'map' | 'filter'

const MACROS: ReadonlyMap<string, Macro> = new Map([
  ['all', 'all'],
  ['exists', 'any'],
  ['exists_one', 'one'],
  ['existsOne', 'one'],
  ['map', 'map'],
  ['filter', 'filter'],
])

interface MacroCall {
  readonly node: ASTNode
  readonly name: string
  readonly receiver: ASTNode
  readonly args: readonly ASTNode[]
}

/** Undefined when it is not a macro. */
export function checkMacro(macroCall: MacroCall, checker: Checker): Expr | undefined {
  const macro = MACROS.get(macroCall.name)
  const { args } = macroCall
  if (macro === undefined) return undefined
  if (args.length !== 2 && !(macro === 'map' && args.length === 3)) {
    const hint = `list.${macroCall.name}(x, ...) with a name for the elements`
    return fault(
      checker,
      rangeOf(macroCall.node),
      `${macroCall.name} takes a name and an expression`,
      hint,
    )
  }
  return expandMacro(macro, macroCall, checker)
}

function expandMacro(macro: Macro, { name, receiver, args }: MacroCall, checker: Checker): Expr {
  const [variable, first, second] = args
  const place = checker.place(receiver, checker)
  const list = exprOf(place, checker)
  if (list === UNKNOWN || variable === undefined || first === undefined) return UNKNOWN
  const type = typeOf(list)
  if (type.kind !== 'list' && !isOpen(type)) {
    return fault(checker, rangeOf(receiver), `${name} needs a list, not ${describeType(type)}`)
  }
  if (variable.op !== 'id') {
    return fault(
      checker,
      rangeOf(variable),
      `${name} needs a name for the elements: ${name}(x, ...)`,
    )
  }
  const items = type.kind === 'list' ? type.items : DYN
  const bound = (): Bound => bind(variable.args, items, place, checker)
  if (second === undefined) return applied(macro, list, bound(), first)
  const kept = applied('filter', list, bound(), first)
  return kept === UNKNOWN ? UNKNOWN : applied('map', kept, bound(), second)
}

interface Bound {
  readonly name: string
  readonly checker: Checker
}

function bind(variable: string, items: Type, list: Place, checker: Checker): Bound {
  const name = checker.fresh()
  // an element that is a dict lies in the item of its list; a reference begins an item of its own
  const origin = list.levels.length === 0 ? list.origin : null
  const place: Place = { ...rootPlace(name, items, origin), member: list.member?.items ?? null }
  return { name, checker: { ...checker, locals: new Map([...checker.locals, [variable, place]]) } }
}

function applied(macro: Macro, list: Expr, { name, checker }: Bound, node: ASTNode): Expr {
  const body = checker.check(node, checker)
  if (body === UNKNOWN) return UNKNOWN
  if (macro === 'map') return transformList('map', list, { name, body }, listOf(typeOf(body)))
  if (!isBool(body, macro === 'any' ? 'exists' : macro, { checker, range: rangeOf(node) }))
    return UNKNOWN
  if (macro === 'filter') return transformList('filter', list, { name, body }, typeOf(list))
  return quantify(macro, list, name, body)
}
