/** What the inputs of a form share: whose item it is, what is wrong where, and how a value is changed. */
import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Path } from './path.ts'
import { selectorOf } from './path.ts'

export interface FormParts {
  readonly coll: string
  /** null: not created yet, or no item at all (arguments of an action) */
  readonly id: string | null
  /** tells the inputs of this form from those of others */
  readonly name: string
  /** by selector: `$.lines[0].price` */
  readonly errors: ReadonlyMap<string, readonly string[]>
  readonly change: (path: Path, value: unknown) => void
}

export const FormContext = createContext<FormParts>({
  coll: '',
  id: null,
  name: '',
  errors: new Map(),
  change: () => undefined,
})

export const useForm = (): FormParts => useContext(FormContext)

/** The id of the input at a place. */
export const inputId = (form: string, path: Path | string): string =>
  `${form}-${(typeof path === 'string' ? path : selectorOf(path)).replaceAll(/[^\w]+/g, '-')}`
