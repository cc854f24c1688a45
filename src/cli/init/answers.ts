/** What `init` must know before it writes: from its options, else asked in a terminal, else the defaults. */
import { basename } from 'node:path'

export type Template = 'quickstart' | 'library'
export type Store = 'sqlite' | 'yaml' | 'mongodb'

export interface Answers {
  readonly template: Template
  readonly store: Store
  readonly name: string
}

export const NAME = /^[A-Za-z][A-Za-z0-9_-]*$/
export const NAME_RULE = 'a name begins with a letter; then letters, digits, - and _'

/** Of the folder as far as it can be one, else myApp. */
export function nameFrom(folder: string): string {
  const name = basename(folder)
    .replaceAll(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^[^A-Za-z]+/, '')
    .replace(/-+$/, '')
  return name === '' ? 'myApp' : name
}

/** null: the asked one went away. */
export async function askFor(defaults: Answers, known: Partial<Answers>): Promise<Answers | null> {
  if (known.template && known.store && known.name !== undefined) return { ...defaults, ...known }
  // only who is asked waits for what asks
  const { cancel, intro, isCancel, select, text } = await import('@clack/prompts')
  intro('backo init')
  const answers: Record<string, unknown> = { ...defaults, ...known }
  const questions: Readonly<Record<keyof Answers, () => Promise<unknown>>> = {
    template: () =>
      select({
        message: 'What to start from?',
        options: TEMPLATES,
        initialValue: defaults.template,
      }),
    store: () =>
      select({ message: 'Where are items kept?', options: STORES, initialValue: defaults.store }),
    name: () =>
      text({
        message: 'Its name, the first part of every URL?',
        initialValue: defaults.name,
        validate: (name = '') => (NAME.test(name) ? undefined : NAME_RULE),
      }),
  }
  for (const [name, ask] of Object.entries(questions)) {
    if (known[name as keyof Answers] !== undefined) continue
    const answer = await ask()
    if (isCancel(answer)) {
      cancel('Nothing was written.')
      return null
    }
    answers[name] = answer
  }
  return answers as unknown as Answers
}

const TEMPLATES: { value: Template; hint: string }[] = [
  { value: 'quickstart', hint: 'people and their addresses' },
  { value: 'library', hint: 'books to lend, users who log in, roles, actions' },
]

const STORES: { value: Store; hint: string }[] = [
  { value: 'sqlite', hint: 'one file' },
  { value: 'yaml', hint: 'one readable file an item' },
  { value: 'mongodb', hint: 'a replica set: for several machines' },
]
