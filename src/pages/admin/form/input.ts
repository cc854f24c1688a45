/** What fields and inputs are given. */
import type { ComponentType } from 'preact'
import { useState } from 'preact/hooks'
import type { FieldMeta } from '../wire/meta.ts'
import { isSame, type Path } from './path.ts'

export interface FieldProps {
  readonly name: string
  readonly path: Path
  readonly meta: FieldMeta
  readonly value: unknown
  /** of a list: its name is for the ear alone */
  readonly isElement?: boolean
}

/** For inputs that are made of others. */
export interface Within {
  readonly Field: ComponentType<FieldProps>
  readonly Input: ComponentType<InputProps>
}

export interface InputProps {
  readonly within: Within
  readonly id: string
  readonly path: Path
  readonly meta: FieldMeta
  readonly value: unknown
  readonly label: string
  readonly set: (value: unknown) => void
  /** attributes that tie the input to its description and errors */
  readonly aria: {
    readonly 'aria-describedby': string | undefined
    readonly 'aria-invalid': boolean | undefined
    readonly 'aria-required': boolean | undefined
  }
}

interface Typing {
  readonly format: (value: unknown) => string
  readonly parse: (text: string) => unknown
}

/** The text as it is typed, as long as it stands for the value: `1.` is not made `1` under somebody's hands. */
export function useTyped(
  { value, set }: InputProps,
  { format, parse }: Typing,
): readonly [string, (text: string) => void] {
  const [text, setText] = useState('')
  const shown = isSame(parse(text), value) ? text : format(value)
  const type = (next: string): void => {
    setText(next)
    set(parse(next))
  }
  return [shown, type]
}

export const typedIn = (event: Event): string => {
  const { target } = event
  return target instanceof HTMLInputElement ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
    ? target.value
    : ''
}
