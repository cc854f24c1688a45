/**
 * The text of a file of links: one line a link, in the order in which they were made. A link that goes
 * is a line too (`- unlink: [a, b]`), so that a change costs a line and not the file; the file is
 * written anew without them now and then, and when the store is closed.
 */
import type { Value } from '../../expression/expr.ts'
import { readYaml } from './read-yaml.ts'
import type { YamlFault } from './read-yaml.ts'
import { writeFlowText } from './write-yaml.ts'

export interface LinkLine {
  readonly owner: string
  readonly other: string
  readonly added: boolean
}

export type ReadLinks = { readonly lines: readonly LinkLine[] } | { readonly fault: YamlFault }

const ID = '([^\\s,\\[\\]{}"\'#&*!|>%@`:]+|"(?:[^"\\\\]|\\\\.)*")'
const LINE = new RegExp(`^- (unlink: )?\\[${ID}, ${ID}\\]$`, 'u')

/** Ids without quotes are texts, whatever they look like. */
export function readLinks(text: string): ReadLinks {
  const lines: LinkLine[] = []
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    const match = LINE.exec(line)
    const owner = idIn(match?.[2])
    const other = idIn(match?.[3])
    if (owner === null || other === null) return readLinksSlowly(text)
    lines.push({ owner, other, added: match?.[1] === undefined })
  }
  return { lines }
}

function idIn(text: string | undefined): string | null {
  if (text === undefined || !text.startsWith('"')) return text ?? null
  try {
    return JSON.parse(text) as string
  } catch {
    return null
  }
}

/** written by hand in another style */
function readLinksSlowly(text: string): ReadLinks {
  const read = readYaml(text)
  if ('fault' in read) return read
  const list = read.value ?? []
  if (!Array.isArray(list)) return { fault: { message: 'it is not a list of links' } }
  const lines = (list as readonly Value[]).map(lineIn)
  const wrong = lines.indexOf(null)
  if (wrong >= 0)
    return {
      fault: {
        message: `link ${wrong + 1} of the list is not [owner, other]: ${JSON.stringify(list[wrong])}`,
      },
    }
  return { lines: lines.filter((line) => line !== null) }
}

function lineIn(value: Value): LinkLine | null {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const { unlink } = value as { readonly unlink?: Value }
    const line = Array.isArray(unlink) ? lineIn(unlink) : null
    return line && { ...line, added: false }
  }
  if (!Array.isArray(value) || value.length !== 2) return null
  const [owner, other] = value as readonly Value[]
  return isId(owner) && isId(other)
    ? { owner: String(owner), other: String(other), added: true }
    : null
}

const isId = (value: Value | undefined): value is string | number =>
  typeof value === 'string' || typeof value === 'number'

export function linkText({ owner, other, added }: LinkLine): string {
  const pair = `[${writeFlowText(owner)}, ${writeFlowText(other)}]`
  return added ? `- ${pair}\n` : `- unlink: ${pair}\n`
}

/**
 * What is left of lines, in the order in which the links were made.
 * @param symmetric both ends are the same field: [a, b] and [b, a] are one link
 */
export function linksLeft(lines: Iterable<LinkLine>, symmetric: boolean): LinkLine[] {
  const links = new Map<string, LinkLine>()
  for (const line of lines) {
    const key = linkKey(line, symmetric)
    if (!line.added) links.delete(key)
    else if (!links.has(key)) links.set(key, line)
  }
  return [...links.values()]
}

export const linkKey = ({ owner, other }: LinkLine, symmetric: boolean): string =>
  JSON.stringify(symmetric && owner > other ? [other, owner] : [owner, other])

/** The whole file of a relation. */
export function linksText(relation: string, lines: Iterable<LinkLine>): string {
  let text = `# ${relation}: one link a line, in the order in which they were made\n`
  for (const line of lines) text += linkText(line)
  return text
}
