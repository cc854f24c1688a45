/** Words to search for, and conditions: field, operator, value by the field's type. */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { Picker } from '../form/picker.tsx'
import { typedIn } from '../form/input.ts'
import { fromLocalInput, localTime, toLocalInput } from '../form/values.ts'
import { humanName } from '../wire/meta.ts'
import { OPERATORS, operatorsOf, valueField, type Condition, type FilterField } from './filters.ts'
import { useLabels } from './labels.ts'
import type { ListQuery } from './list-query.ts'

interface FilterBarProps {
  readonly query: ListQuery
  readonly fields: readonly FilterField[]
  /** null: there is no text to search in */
  readonly searched: string | null
  readonly onChange: (change: Partial<ListQuery>) => void
}

export function FilterBar({ query, fields, searched, onChange }: FilterBarProps) {
  const [isAdding, setAdding] = useState(false)
  const adder = useRef<HTMLButtonElement>(null)
  const { conditions } = query
  const close = (): void => {
    setAdding(false)
    adder.current?.focus()
  }
  return (
    <search class="filters">
      {searched !== null && (
        <SearchBox
          text={query.search}
          about={searched}
          onSearch={(search) => onChange({ search })}
        />
      )}
      <ul class="chips" aria-label="Filters">
        {conditions.map((condition, i) => (
          <li class="chip" key={`${condition.field}${condition.operator}${condition.value}`}>
            <ConditionText condition={condition} fields={fields} />
            <button
              type="button"
              class="icon"
              aria-label={`Remove the filter on ${condition.field}`}
              onClick={() => {
                onChange({ conditions: conditions.filter((_, at) => at !== i) })
                adder.current?.focus()
              }}
            >
              ×
            </button>
          </li>
        ))}
      </ul>
      {fields.length > 0 && (
        <button
          type="button"
          ref={adder}
          aria-expanded={isAdding}
          onClick={() => setAdding(!isAdding)}
        >
          + Filter
        </button>
      )}
      {isAdding && (
        <ConditionForm
          fields={fields}
          onClose={close}
          onAdd={(condition) => {
            onChange({ conditions: [...conditions, condition] })
            close()
          }}
        />
      )}
    </search>
  )
}

const PAUSE_MS = 300

interface SearchBoxProps {
  readonly text: string
  readonly about: string
  readonly onSearch: (text: string) => void
}

function SearchBox({ text, about, onSearch }: SearchBoxProps) {
  const [typed, type] = useState(text)
  const asked = useRef(text)
  useEffect(() => {
    // an address with other words: back, or a link
    if (text !== asked.current) type((asked.current = text))
  }, [text])
  useEffect(() => {
    if (typed === asked.current) return undefined
    const timer = setTimeout(() => onSearch((asked.current = typed)), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [typed])
  return (
    <input
      type="search"
      class="search"
      aria-label="Search"
      placeholder={`Search ${about}`}
      value={typed}
      onInput={(event) => type(typedIn(event))}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && typed !== asked.current) onSearch((asked.current = typed))
      }}
    />
  )
}

interface ConditionTextProps {
  readonly condition: Condition
  readonly fields: readonly FilterField[]
}

const pathName = (path: string): string => path.split('.').map(humanName).join(' · ')

function ConditionText({ condition, fields }: ConditionTextProps) {
  const { field: path, operator, value } = condition
  const field = fields.find((each) => each.path === path)?.field
  const isRef = field?.type_short === 'Ref' || field?.type_short === 'RefsList'
  const labels = useLabels(
    isRef ? (field.coll ?? null) : null,
    isRef && operator !== 'size' ? [value] : [],
  )
  const shown =
    field?.type_short === 'Datetime'
      ? localTime(value)
      : field?.type_short === 'Bool'
        ? (BOOLS[value] ?? value)
        : (labels.get(value) ?? value)
  const how = OPERATORS[operator]
  return (
    <span>
      {pathName(path)} {how?.label} {how?.alone !== true && <strong>{shown}</strong>}
      {!field && <em> (no such field)</em>}
    </span>
  )
}

const BOOLS: Readonly<Record<string, string>> = { true: 'Yes', false: 'No' }

interface ConditionFormProps {
  readonly fields: readonly FilterField[]
  readonly onAdd: (condition: Condition) => void
  readonly onClose: () => void
}

function ConditionForm({ fields, onAdd, onClose }: ConditionFormProps) {
  const [path, setPath] = useState(fields[0]?.path ?? '')
  const chosen = fields.find((each) => each.path === path) ?? fields[0]
  const operators = chosen ? operatorsOf(chosen.field) : []
  const [operator, setOperator] = useState(operators[0] ?? '')
  const [value, setValue] = useState('')
  const first = useRef<HTMLSelectElement>(null)
  useLayoutEffect(() => first.current?.focus(), [])
  const how = operators.includes(operator) ? operator : (operators[0] ?? '')
  const isAlone = OPERATORS[how]?.alone === true
  return (
    <form
      class="condition"
      aria-label="New filter"
      onSubmit={(event) => {
        event.preventDefault()
        if (chosen && (isAlone || value !== ''))
          onAdd({ field: path, operator: how, value: isAlone ? '' : value })
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose()
      }}
    >
      <select
        ref={first}
        aria-label="Field"
        value={path}
        onChange={(event) => {
          setPath(typedIn(event))
          setValue('')
        }}
      >
        {fields.map((each) => (
          <option key={each.path} value={each.path}>
            {pathName(each.path)}
          </option>
        ))}
      </select>
      <select aria-label="Operator" value={how} onChange={(event) => setOperator(typedIn(event))}>
        {operators.map((name) => (
          <option key={name} value={name}>
            {OPERATORS[name]?.label}
          </option>
        ))}
      </select>
      {chosen && !isAlone && <ValueInput {...{ chosen, how, value, setValue }} />}
      <button type="submit" class="primary">
        Add filter
      </button>
      <button type="button" onClick={onClose}>
        Cancel
      </button>
    </form>
  )
}

interface ValueInputProps {
  readonly chosen: FilterField
  readonly how: string
  readonly value: string
  readonly setValue: (value: string) => void
}

const NO_ARIA = {
  'aria-describedby': undefined,
  'aria-invalid': undefined,
  'aria-required': undefined,
}

function ValueInput({ chosen, how, value, setValue }: ValueInputProps) {
  const field = valueField(chosen.field)
  const take = (event: Event): void => setValue(typedIn(event))
  const labels = useLabels(chosen.field.coll ?? null, value === '' ? [] : [value])
  const choices: readonly (readonly [string, string])[] | null = Array.isArray(field.in)
    ? (field.in as readonly unknown[]).map((each) => [String(each), String(each)] as const)
    : field.type_short === 'Bool'
      ? Object.entries(BOOLS)
      : null
  if (choices && how !== 'size') {
    return (
      <select aria-label="Value" value={value} onChange={take} required>
        <option value="">Choose…</option>
        {choices.map(([key, text]) => (
          <option key={key} value={key}>
            {text}
          </option>
        ))}
      </select>
    )
  }
  if ((field.type_short === 'Ref' || field.type_short === 'RefsList') && how !== 'size') {
    return (
      <Picker
        id="filter-value"
        coll={field.coll ?? null}
        label="Value"
        aria={NO_ARIA}
        placeholder={labels.get(value) ?? 'Find…'}
        onPick={setValue}
      />
    )
  }
  if (field.type_short === 'Datetime') {
    return (
      <input
        type="datetime-local"
        aria-label="Value"
        required
        value={toLocalInput(value)}
        onInput={(event) => setValue(fromLocalInput(typedIn(event)) ?? '')}
      />
    )
  }
  const isNumber = how === 'size' || field.type_short === 'Int' || field.type_short === 'Float'
  return (
    <input
      type="text"
      inputMode={isNumber ? 'decimal' : 'text'}
      aria-label="Value"
      required
      value={value}
      onInput={take}
    />
  )
}
