/**
 * What a test of the file is about (`on: books/1`), and which steps can be tried there. Names to parts of the model;
 * what is wrong is said in words, with the nearest known name. Runs nothing.
 */
import type { StepConfig } from '../config/config.ts'
import { didYouMean } from '../expression/hint.ts'
import type { Action, Backoffice, Collection, Selection } from './backoffice.ts'

/** `query` is the text after the `?`, or ''. */
export type Target = { readonly collection: Collection; readonly query: string } & (
  | { readonly kind: 'collection' }
  | { readonly kind: 'item'; readonly id: string }
  | { readonly kind: 'selection'; readonly selection: Selection }
  | { readonly kind: 'action'; readonly id: string; readonly action: Action }
)

export interface Wrong {
  readonly message: string
  readonly hint?: string | undefined
}

/** One thing that is tried. */
export type Step =
  | { readonly kind: 'read' | 'create' | 'modify' | 'delete' }
  | { readonly kind: 'act'; readonly action: Action }
  | { readonly kind: 'select'; readonly selection: Selection }

const FORMS =
  'books, books/<_id>, books/_selections/<selection> or books/<_id>/_actions/<action>, and a query'

export function readTarget(on: string, { collections }: Backoffice): Target | Wrong {
  const mark = on.indexOf('?')
  const query = mark === -1 ? '' : on.slice(mark + 1)
  const parts = decoded(mark === -1 ? on : on.slice(0, mark))
  if (parts === null || parts.includes(''))
    return { message: `can't be about ${JSON.stringify(on)}`, hint: `write ${FORMS}` }
  const [name = '', second, third, fourth] = parts
  const collection = collections.get(name)
  if (!collection)
    return { message: `unknown collection ${name}`, hint: didYouMean(name, collections.keys()) }
  const of = { collection, query }
  if (second === undefined) return { kind: 'collection', ...of }
  if (second === '_selections' && third !== undefined && parts.length === 3)
    return selectionAt(of, third)
  if (third === undefined) return { kind: 'item', id: second, ...of }
  if (third === '_actions' && fourth !== undefined && parts.length === 4)
    return actionAt(of, second, fourth)
  return { message: `can't be about ${JSON.stringify(on)}`, hint: `write ${FORMS}` }
}

function decoded(path: string): readonly string[] | null {
  try {
    return path.replace(/^\//, '').split('/').map(decodeURIComponent)
  } catch {
    return null
  }
}

type Of = Pick<Target, 'collection' | 'query'>

function selectionAt(of: Of, name: string): Target | Wrong {
  const { name: coll, selections } = of.collection
  const selection = selections.get(name)
  if (selection) return { kind: 'selection', selection, ...of }
  return {
    message: `unknown selection ${name} of ${coll}`,
    hint: didYouMean(name, selections.keys()),
  }
}

function actionAt(of: Of, id: string, name: string): Target | Wrong {
  const { name: coll, actions } = of.collection
  const action = actions.get(name)
  if (action) return { kind: 'action', id, action, ...of }
  return { message: `unknown action ${name} of ${coll}`, hint: didYouMean(name, actions.keys()) }
}

/** The steps that have a name of their own at each kind of target; actions and selections come by their names. */
const WORDS = {
  item: ['read', 'modify', 'delete'],
  collection: ['read', 'create'],
  selection: ['read'],
  action: ['execute'],
} as const satisfies Record<Target['kind'], readonly string[]>

export function readStep({ what }: StepConfig, target: Target): Step | Wrong {
  const [word, ...more] = what
  if (word === undefined || more.length > 0)
    return {
      message:
        word === undefined
          ? 'a step names what is tried'
          : `a step is one thing: ${what.join(', ')} are several`,
      hint: 'write each as an entry of its own',
    }
  const { collection } = target
  const words: readonly string[] = WORDS[target.kind]
  if (words.includes(word)) return wordStep(word, target)
  if (target.kind === 'item') {
    const action = collection.actions.get(word)
    if (action) return { kind: 'act', action }
  }
  if (target.kind === 'collection') {
    const selection = collection.selections.get(word)
    if (selection) return { kind: 'select', selection }
  }
  return unknownStep(word, target, words)
}

function wordStep(word: string, target: Target): Step {
  if (target.kind === 'action') return { kind: 'act', action: target.action }
  if (target.kind === 'selection') return { kind: 'select', selection: target.selection }
  return { kind: word as 'read' | 'create' | 'modify' | 'delete' }
}

function unknownStep(word: string, { kind, collection }: Target, words: readonly string[]): Wrong {
  const [belongs] = Object.entries(WORDS).filter(([, known]) =>
    (known as readonly string[]).includes(word),
  )
  if (belongs) {
    const where = { item: `${collection.name}/<_id>`, collection: collection.name }[belongs[0]]
    return {
      message: `${word} can't be tried on ${article(kind)}`,
      ...(where === undefined ? {} : { hint: `say \`on: ${where}\`` }),
    }
  }
  const more = kind === 'item' ? collection.actions : collection.selections
  const known = [...words, ...(kind === 'item' || kind === 'collection' ? more.keys() : [])]
  return {
    message: `nothing called ${word} can be tried on ${article(kind)} of ${collection.name}`,
    hint: didYouMean(word, known) ?? `known here: ${known.join(', ')}`,
  }
}

const article = (kind: Target['kind']): string => (/^[ai]/.test(kind) ? `an ${kind}` : `a ${kind}`)
