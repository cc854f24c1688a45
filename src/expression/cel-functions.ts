/**
 * CEL's names for the functions of functions.ts: which overload takes what. Data, and the choice among it.
 * Special forms (macros, has, has_role, now) are not here: see cel-calls.ts.
 */
import type { Type } from './expr.ts'
import { isText } from './types.ts'

/** `m`: a method (`x.f()`), `f`: a function (`f(x)`), `b`: both. */
type Form = 'm' | 'f' | 'b'

interface Overload {
  readonly form: Form
  /** a letter a parameter, see KINDS; `*`: any number of the letter before it */
  readonly params: string
  readonly fn: string
}

const KINDS: Readonly<Record<string, (type: Type) => boolean>> = {
  s: isText,
  i: (type) => type.kind === 'int',
  n: (type) => type.kind === 'int' || type.kind === 'float',
  b: (type) => type.kind === 'bool',
  l: (type) => type.kind === 'list',
  m: (type) => type.kind === 'map' || type.kind === 'dict',
  y: (type) => type.kind === 'bytes',
  t: (type) => type.kind === 'timestamp',
  d: (type) => type.kind === 'duration',
}

const OPEN = new Set<Type['kind']>(['dyn', 'null'])

/** CEL name -> `form params fn`, in order of choice; `D` takes dyn only. */
const TABLE: Readonly<Record<string, readonly string[]>> = {
  size: ['b D size_dyn', 'b s size_string', 'b l size_list', 'b m size_map', 'b y size_bytes'],
  contains: ['m ss contains'],
  startsWith: ['m ss starts_with'],
  endsWith: ['m ss ends_with'],
  matches: ['b ss matches'],
  charAt: ['m si char_at'],
  indexOf: ['m ss index_of', 'm ssi index_of'],
  lastIndexOf: ['m ss last_index_of', 'm ssi last_index_of'],
  lowerAscii: ['m s lower_ascii'],
  upperAscii: ['m s upper_ascii'],
  trim: ['m s trim'],
  replace: ['m sss replace', 'm sssi replace'],
  split: ['m ss split', 'm ssi split'],
  substring: ['m si substring', 'm sii substring'],
  join: ['m l join', 'm ls join'],
  reverse: ['m s reverse', 'm l reverse_list'],
  format: ['m sl format'],
  'strings.quote': ['f s quote'],
  distinct: ['m l distinct'],
  sort: ['m l sort'],
  flatten: ['m l flatten'],
  slice: ['m lii slice'],
  getFullYear: ['m t get_full_year', 'm ts get_full_year'],
  getMonth: ['m t get_month', 'm ts get_month'],
  getDate: ['m t get_date', 'm ts get_date'],
  getDayOfMonth: ['m t get_day_of_month', 'm ts get_day_of_month'],
  getDayOfWeek: ['m t get_day_of_week', 'm ts get_day_of_week'],
  getDayOfYear: ['m t get_day_of_year', 'm ts get_day_of_year'],
  getHours: ['m t get_hours', 'm ts get_hours', 'm d get_hours'],
  getMinutes: ['m t get_minutes', 'm ts get_minutes', 'm d get_minutes'],
  getSeconds: ['m t get_seconds', 'm ts get_seconds', 'm d get_seconds'],
  getMilliseconds: ['m t get_milliseconds', 'm ts get_milliseconds', 'm d get_milliseconds'],
  int: ['f n to_int', 'f s to_int', 'f t timestamp_to_int'],
  uint: ['f n to_int', 'f s to_int'],
  double: ['f n to_float', 'f s to_float'],
  string: [
    'f s to_string',
    'f n to_string',
    'f b to_string',
    'f t to_string',
    'f d duration_to_string',
    'f y bytes_to_string',
  ],
  bool: ['f b to_bool', 'f s to_bool'],
  bytes: ['f s to_bytes'],
  timestamp: ['f s to_timestamp', 'f i to_timestamp', 'f t to_timestamp'],
  duration: ['f s to_duration', 'f d to_duration'],
  'math.greatest': ['f l math_greatest', 'f nn* math_greatest'],
  'math.least': ['f l math_least', 'f nn* math_least'],
  'math.abs': ['f n math_abs'],
  'math.ceil': ['f n math_ceil'],
  'math.floor': ['f n math_floor'],
  'math.round': ['f n math_round'],
}

const OVERLOADS: ReadonlyMap<string, readonly Overload[]> = new Map(
  Object.entries(TABLE).map(([name, rows]) => [name, rows.map(readOverload)]),
)

function readOverload(text: string): Overload {
  const [form, params = '', fn = ''] = text.split(' ')
  return { form: form as Form, params, fn }
}

/** Every name that may be called, for hints. */
export const CEL_NAMES: readonly string[] = [
  ...OVERLOADS.keys(),
  'all',
  'exists',
  'exists_one',
  'map',
  'filter',
  'has',
  'has_role',
  'now',
  'uuid',
  'dyn',
  'type',
]

/** `text.startsWith(string)`: every way to call each, for the reference. */
export const celSignatures = (): readonly string[] =>
  [...OVERLOADS].flatMap(([name, rows]) => [...new Set(rows.map((row) => signature(name, row)))])

export type Choice =
  | { readonly kind: 'found'; readonly fn: string }
  | { readonly kind: 'unknown' }
  /** the name is known, not for these arguments; `expected` in words */
  | { readonly kind: 'misfit'; readonly expected: string }

/** The function for a call; `receiver` says whether the first argument stands before the dot. */
export function chooseOverload(name: string, receiver: boolean, args: readonly Type[]): Choice {
  const overloads = OVERLOADS.get(name)
  if (overloads === undefined) return { kind: 'unknown' }
  const form: Form = receiver ? 'm' : 'f'
  const found = overloads.find(
    (overload) => (overload.form === 'b' || overload.form === form) && takes(overload.params, args),
  )
  if (found !== undefined) return { kind: 'found', fn: found.fn }
  return {
    kind: 'misfit',
    expected: [...new Set(overloads.map((row) => signature(name, row)))].join(' or '),
  }
}

function takes(params: string, args: readonly Type[]): boolean {
  if (params.endsWith('*')) {
    const letter = params.at(-2) ?? 's'
    return args.length > 0 && args.every((arg) => accepts(letter, arg))
  }
  return (
    args.length === params.length && args.every((arg, index) => accepts(params[index] ?? '', arg))
  )
}

function accepts(letter: string, type: Type): boolean {
  if (letter === 'D') return type.kind === 'dyn'
  return OPEN.has(type.kind) || (KINDS[letter]?.(type) ?? false)
}

const WORDS: Readonly<Record<string, string>> = {
  s: 'string',
  i: 'int',
  n: 'number',
  b: 'bool',
  l: 'list',
  m: 'dict',
  y: 'bytes',
  t: 'datetime',
  d: 'duration',
  D: 'dyn',
}

function signature(name: string, { form, params }: Overload): string {
  const words = Array.from(params.replace('*', ''), (letter) => WORDS[letter] ?? letter)
  if (form === 'm') return `${words[0]}.${name}(${words.slice(1).join(', ')})`
  return `${name}(${words.join(', ')})`
}
