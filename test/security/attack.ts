/** Runs rows of attacks on both sides of the mirror, on each store; what differs was found out. */
import t from 'tap'
import {
  MARKS,
  openTwin,
  plain,
  type Attack,
  type Reply,
  type Store,
  type Twin,
} from './twin-worlds.ts'
import { doc, type Side } from './vault.ts'

const STORES: readonly Store[] = ['memory', 'sqlite']

export function attackBoth(
  name: string,
  attacks: readonly Attack[],
  stores: readonly Store[] = STORES,
): void {
  for (const store of stores) {
    void t.test(`${name} on ${store}`, async (t) => {
      const directory = t.testdir({})
      const rich = await openTwin(store, directory, 'rich')
      const poor = await openTwin(store, directory, 'poor')
      t.teardown(async () => {
        await rich.app.close()
        await poor.app.close()
      })
      for (const attack of attacks) {
        const found = await foundOut(attack, rich, poor)
        if (found === null) t.pass(named(attack))
        else t.fail(named(attack), { found })
      }
    })
  }
}

/** One side alone: what is told can't be the same where the thing is not there. */
export function attackOnly(
  name: string,
  attacks: readonly Attack[],
  stores: readonly Store[] = STORES,
): void {
  for (const store of stores) {
    void t.test(`${name} on ${store}`, async (t) => {
      const rich = await openTwin(store, t.testdir({}), 'rich')
      t.teardown(() => rich.app.close())
      for (const attack of attacks) {
        const found = await foundOut(attack, rich)
        if (found === null) t.pass(named(attack))
        else t.fail(named(attack), { found })
      }
    })
  }
}

export const named = ({ send, body, as, why }: Attack): string =>
  [send, body === undefined ? '' : JSON.stringify(body), as && `as ${as}`, why && `(${why})`]
    .filter((part) => part)
    .join(' ')
    .slice(0, 200)

async function foundOut(attack: Attack, rich: Twin, poor?: Twin): Promise<object | null> {
  const one = await rich.call(await withCursor(attack, rich))
  const two = poor ? await poor.call(await withCursor(attack, poor)) : one
  const text = plain(one.text)
  const told = apart(text, plain(two.text))
  if (one.status !== two.status) return { statuses: [one.status, two.status], ...told }
  if (one.status !== attack.status) return { status: one.status, wanted: attack.status, ...told }
  if (text !== plain(two.text)) return { differs: true, ...told }
  if (attack.says && !attack.says.test(text)) return { says: String(attack.says), ...told }
  const never = attack.never ?? MARKS
  const asked = `${attack.send} ${JSON.stringify(attack.body) ?? ''}`
  if (never.test(text) && !never.test(asked)) return { never: String(never), ...told }
  return null
}

/** From a little before the first place where they are not the same. */
function apart(one: string, two: string): { readonly rich: string; readonly poor: string } {
  let at = 0
  while (at < one.length && one[at] === two[at]) at++
  const from = Math.max(0, at - 80)
  return { rich: one.slice(from, from + 300), poor: two.slice(from, from + 300) }
}

/** `{cursor:<sort>:<values>}` is a cursor with these values, marked as the program marks one of that sort. */
async function withCursor(attack: Attack, twin: Twin): Promise<Attack> {
  const [all, sort = '', values = ''] = /\{cursor:([^:]*):(.*)\}$/.exec(attack.send) ?? []
  if (all === undefined) return attack
  const { text } = await twin.call({ send: `GET /vault/docs?_sort=${sort}&_page=1` })
  const { _next } = JSON.parse(text) as { _next: string }
  const [mark] = JSON.parse(Buffer.from(_next, 'base64url').toString()) as string[]
  const forged = JSON.stringify([mark, ...(JSON.parse(values) as unknown[])])
  return { ...attack, send: attack.send.replace(all, Buffer.from(forged).toString('base64url')) }
}

export interface WriteAttack extends Attack {
  /** an administrator sees the same item after it as before it, but for `_meta` */
  readonly keeps?: boolean
  /** the hidden values and links are all still there */
  readonly keepsHidden?: boolean
  /** the rich side may answer 400 where the poor one does not: the file's own rule */
  readonly rich?: string
}

/** As `attackBoth`, each row with a fresh item, of which eve looks at what she can before and after. */
export function attackWriting(
  name: string,
  attacks: readonly WriteAttack[],
  stores: readonly Store[] = STORES,
): void {
  for (const store of stores) {
    void t.test(`${name} on ${store}`, async (t) => {
      const directory = t.testdir({})
      const rich = await openTwin(store, directory, 'rich')
      const poor = await openTwin(store, directory, 'poor')
      t.teardown(async () => {
        await rich.app.close()
        await poor.app.close()
      })
      for (const [i, attack] of attacks.entries()) {
        const slug = `w${i}`
        const row = filled(attack, slug)
        const one = await written(rich, 'rich', slug, row)
        const two = await written(poor, 'poor', slug, row)
        const found = differing(row, one, two)
        if (found === null) t.pass(named(attack))
        else t.fail(named(attack), { found })
      }
    })
  }
}

const filled = (attack: WriteAttack, slug: string): WriteAttack => {
  const fill = (text: string): string =>
    text.replaceAll('{id}', `d_${slug}`).replaceAll('{slug}', slug)
  const body: unknown =
    attack.body === undefined ? undefined : JSON.parse(fill(JSON.stringify(attack.body)))
  return { ...attack, send: fill(attack.send), ...(body === undefined ? {} : { body }) }
}

interface Written {
  readonly status: number
  readonly text: string
  /** what eve sees of the item, and whether it looks changed to her */
  readonly after: string
  readonly changed: string
  readonly keeps: boolean
  readonly keepsHidden: boolean
}

async function written(
  twin: Twin,
  side: Side,
  slug: string,
  attack: WriteAttack,
): Promise<Written> {
  const id = `d_${slug}`
  const { docs } = twin.app.backoffice as Record<
    string,
    { create: (body: object) => Promise<unknown> }
  >
  const passwords = JSON.stringify(attack.body ?? '').includes('logins')
  await docs?.create(doc(slug, side, { passwords }))
  const seen = (as: string): Promise<Reply> => twin.call({ send: `GET /vault/docs/${id}`, as })
  const [before, whole] = [await seen('eve'), await seen('admin')]
  const { status, text, headers } = await twin.call(attack)
  const [after, wholeAfter] = [await seen('eve'), await seen('admin')]
  const etag = before.headers['etag'] === after.headers['etag'] ? 'same ETag' : 'another ETag'
  const mtime = before.text === after.text ? 'same text' : 'another text'
  const location = headers['location'] as string | undefined
  return {
    status,
    text: `${location ?? ''} ${plain(text)}`,
    after: plain(after.text),
    changed: `${etag}, ${mtime}`,
    keeps: withoutMeta(whole.text) === withoutMeta(wholeAfter.text),
    keepsHidden: hiddenOf(whole.text).every((part) => hiddenOf(wholeAfter.text).includes(part)),
  }
}

const withoutMeta = (text: string): string => text.replace(/"_meta":.*$/, '')

/** `"cost":4242`, `"p_hid"`: whatever is hidden from eve, as it stands in the text. */
const hiddenOf = (text: string): string[] =>
  [...text.matchAll(/"(?:pin|cost|tip|door|x|drop)":\d+|"p_hid"|"[^"]*s3cr3t[^"]*"/g)].map(String)

function differing(attack: WriteAttack, one: Written, two: Written): object | null {
  if (attack.rich !== undefined) return one.status >= 400 && !MARKS.test(one.text) ? null : one
  if (one.status !== two.status || one.status !== attack.status)
    return { statuses: [one.status, two.status], ...apart(one.text, two.text) }
  for (const part of ['text', 'after', 'changed'] as const) {
    if (one[part] !== two[part]) return { differs: part, ...apart(one[part], two[part]) }
  }
  if (attack.says && !attack.says.test(one.text.trim()))
    return { says: String(attack.says), ...apart(one.text, '') }
  if (attack.keeps === true && !(one.keeps && two.keeps)) return { keeps: [one.keeps, two.keeps] }
  if (attack.keepsHidden === true && !(one.keepsHidden && two.keepsHidden))
    return { keepsHidden: [one.keepsHidden, two.keepsHidden] }
  const asked = `${attack.send} ${JSON.stringify(attack.body) ?? ''}`
  const never = attack.never ?? MARKS
  return never.test(one.text + one.after) && !never.test(asked)
    ? { never: String(never), rich: one.text.slice(0, 300) }
    : null
}
