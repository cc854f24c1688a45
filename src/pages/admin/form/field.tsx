/** A field of a form: its name, its input by type, what is said about it and what is wrong with it. */
import type { ComponentChildren, ComponentType } from 'preact'
import { humanName, type FieldMeta, type Scheme } from '../wire/meta.ts'
import { aboutOf } from './about.ts'
import { FileInput } from './file-input.tsx'
import { inputId, useForm } from './form-context.ts'
import type { FieldProps, InputProps, Within } from './input.ts'
import { ListInput, TupleInput } from './list-input.tsx'
import { BytesInput, ComplexInput, InInput, JsonInput } from './odd-inputs.tsx'
import { isDict, selectorOf, type Path } from './path.ts'
import { ReadOnly } from './read-only.tsx'
import { RefInput, RefsListInput } from './ref-input.tsx'
import {
  BoolInput,
  DatetimeInput,
  EnumInput,
  NumberInput,
  PasswordInput,
  TextInput,
} from './simple-inputs.tsx'

const INPUTS: Readonly<Record<string, ComponentType<InputProps>>> = {
  Int: NumberInput,
  Float: NumberInput,
  Bool: BoolInput,
  Datetime: DatetimeInput,
  Password: PasswordInput,
  FreeDict: JsonInput,
  Bytes: BytesInput,
  Complex: ComplexInput,
  In: InInput,
  List: ListInput,
  Tuple: TupleInput,
  Ref: RefInput,
  RefsList: RefsListInput,
  File: FileInput,
}

/** Those that are several inputs: named by a legend. */
const GROUPS: ReadonlySet<string> = new Set(['Bool', 'Complex', 'In', 'List', 'Tuple', 'RefsList'])

function Input(props: InputProps) {
  const Chosen = Array.isArray(props.meta.in)
    ? EnumInput
    : (INPUTS[props.meta.type_short] ?? TextInput)
  return <Chosen {...props} />
}

export function Field({ name, path, meta, value, isElement = false }: FieldProps) {
  const form = useForm()
  const label = isElement ? name : humanName(name)
  const isFixed = meta.rights.modify === false
  const isHidden = isFixed && (meta.rights.read === false || form.id === null)
  if (meta.exists === false || isHidden) return null
  if (meta.type_short === 'Dict' && meta.sub_scheme) {
    return (
      <DictField label={label} path={path} meta={meta} value={value} scheme={meta.sub_scheme} />
    )
  }
  const id = inputId(form.name, path)
  const errors = form.errors.get(selectorOf(path)) ?? []
  const shell = { id, label, meta, errors, isElement, isFixed }
  if (isFixed) {
    return (
      <Shell {...shell}>
        <ReadOnly id={id} path={path} meta={meta} value={value} />
      </Shell>
    )
  }
  const told = [aboutOf(meta) === '' ? '' : `${id}-about`, errors.length > 0 ? `${id}-errors` : '']
  const aria = {
    'aria-describedby': told.join(' ').trim() || undefined,
    'aria-invalid': errors.length > 0 || undefined,
    'aria-required': meta.required || undefined,
  }
  const set = (next: unknown): void => form.change(path, next)
  return (
    <Shell {...shell}>
      <Input {...{ id, path, meta, value, label, set, aria, within: WITHIN }} />
    </Shell>
  )
}

const WITHIN: Within = { Field, Input }

interface ShellProps {
  readonly id: string
  readonly label: string
  readonly meta: FieldMeta
  readonly errors: readonly string[]
  readonly isElement: boolean
  readonly isFixed: boolean
  readonly children: ComponentChildren
}

function Shell({ id, label, meta, errors, isElement, isFixed, children }: ShellProps) {
  const isGroup = isFixed || (GROUPS.has(meta.type_short) && !Array.isArray(meta.in))
  const form = useForm()
  const isKept = meta.type_short === 'Password' && form.id !== null
  const mark = meta.required && !isFixed && !isKept && (
    <span aria-hidden="true" class="required">
      {' '}
      *
    </span>
  )
  const name = (
    <>
      {label}
      {mark}
    </>
  )
  const about = isFixed ? (meta.description ?? '') : aboutOf(meta)
  const hidden = isElement ? 'label hidden' : 'label'
  return (
    <div
      class={`field${errors.length > 0 ? ' wrong' : ''}`}
      {...(isGroup ? { role: 'group', 'aria-labelledby': `${id}-name` } : {})}
    >
      {isGroup ? (
        <span class={hidden} id={`${id}-name`}>
          {name}
        </span>
      ) : (
        <label class={hidden} for={id}>
          {name}
        </label>
      )}
      {children}
      {about !== '' && !isElement && (
        <small class="hint" id={`${id}-about`}>
          {about}
        </small>
      )}
      {errors.length > 0 && (
        <div class="errors" id={`${id}-errors`}>
          {errors.map((message) => (
            <p key={message}>{message}</p>
          ))}
        </div>
      )}
    </div>
  )
}

interface DictFieldProps {
  readonly label: string
  readonly path: Path
  readonly meta: FieldMeta
  readonly value: unknown
  readonly scheme: Scheme
}

function DictField({ label, path, meta, value, scheme }: DictFieldProps) {
  const form = useForm()
  const id = inputId(form.name, path)
  const errors = form.errors.get(selectorOf(path)) ?? []
  return (
    <fieldset id={id} tabIndex={-1}>
      <legend>{label}</legend>
      {meta.description && <small class="hint">{meta.description}</small>}
      {errors.map((message) => (
        <p class="errors" key={message}>
          {message}
        </p>
      ))}
      <Fields scheme={scheme} path={path} value={value} />
    </fieldset>
  )
}

interface FieldsProps {
  readonly scheme: Scheme
  readonly path: Path
  readonly value: unknown
}

/** All fields of an item or a Dict. */
export function Fields({ scheme, path, value }: FieldsProps) {
  const values = isDict(value) ? value : {}
  return (
    <>
      {Object.entries(scheme)
        .filter(([name]) => !name.startsWith('_'))
        .map(([name, meta]) => (
          <Field key={name} name={name} path={[...path, name]} meta={meta} value={values[name]} />
        ))}
    </>
  )
}
