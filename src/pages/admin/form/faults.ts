/** What the server found wrong, by the place in the form where it is shown. */
import type { Scheme } from '../wire/meta.ts'
import type { Fault } from '../wire/request.ts'

export type Errors = ReadonlyMap<string, readonly string[]>
export const NO_ERRORS: Errors = new Map()

export interface Placed {
  readonly errors: Errors
  /** those that no field of the form has a place for */
  readonly rest: readonly Fault[]
}

/** A fault within what one input holds (a Tuple's element has a field of its own, a FreeDict's key has none) goes to that input. */
export function placeFaults(faults: readonly Fault[], scheme: Scheme): Placed {
  const errors = new Map<string, string[]>()
  const rest: Fault[] = []
  for (const fault of faults) {
    const name = /^\$\.([^.[]+)/.exec(fault.path)?.[1]
    const field = name === undefined ? undefined : scheme[name]
    if (
      !field ||
      field.exists === false ||
      (field.rights.modify === false && field.rights.read === false)
    ) {
      rest.push(fault)
      continue
    }
    const hasInner = ['Dict', 'List', 'Tuple'].includes(field.type_short)
    const at = hasInner ? fault.path : `$.${name}`
    const messages = errors.get(at) ?? []
    if (!messages.includes(fault.message)) messages.push(fault.message)
    errors.set(at, messages)
  }
  return { errors, rest }
}

/** The words of `_check`: `$.a: Must be a string (value="1"); $.b: ...` */
export function faultsIn(text: string): readonly Fault[] {
  return text.split(/; (?=\$[.[])/).map((each) => {
    const [, path = '$', said = each] = /^(\$[^:]*): (.*)$/s.exec(each) ?? []
    return { path, message: said.replace(/ \(value=.*$/s, '') }
  })
}

/** Without those at and below a place. */
export const without = (errors: Errors, at: string): Errors =>
  new Map(
    [...errors].filter(
      ([path]) => path !== at && !path.startsWith(`${at}.`) && !path.startsWith(`${at}[`),
    ),
  )
