/**
 * Text -> YAML document, or findings with places. Knows YAML and nothing of the format written in it.
 */
import { Composer, Parser, type CST, type Document, type ParsedNode, type YAMLError } from 'yaml'
import type { Finding } from './config.ts'
import { locationOf, type SourceFile, type Span } from './source-file.ts'

export type Report = (finding: Finding) => void

/** Deeper files are refused before the parser's recursion meets them: near the end of the stack V8 may abort. */
export const MAX_DEPTH = 100
export const MAX_FILE_SIZE = 1024 * 1024
const MAX_SYNTAX_FINDINGS = 10

/** The document's top node; undefined when something was reported. */
export function parseSource(file: SourceFile, report: Report): ParsedNode | undefined {
  const say = (message: string, span: Span, hint?: string): undefined => {
    report(syntaxFinding(file, message, span, hint))
  }
  const start = { start: 0, end: 1 }
  if (file.text.length > MAX_FILE_SIZE)
    return say('the file is larger than 1 MiB', start, 'split it with "include"')
  const tokens = [...new Parser().parse(file.text)]
  const deep = tooDeep(tokens)
  if (deep) return say(`nested more than ${MAX_DEPTH} levels deep`, deep)
  const documents = [...new Composer(OPTIONS).compose(tokens)]
  const [document, second] = documents
  if (!document) return say('the file is empty', start, EMPTY_HINT)
  if (reportErrors(file, document, report)) return undefined
  if (second) {
    const at = second.range[0]
    return say('a second document begins here; one file holds one', { start: at, end: at + 3 })
  }
  const { yaml } = document.directives
  if (yaml.explicit && yaml.version !== '1.2') return say('the file must be YAML 1.2', start)
  if (isNothing(document)) return say('the file is empty', start, EMPTY_HINT)
  return document.contents ?? undefined
}

const EMPTY_HINT = 'begin with "backo: 1", "name: ..." and "collections:"'

const OPTIONS = {
  version: '1.2',
  schema: 'core',
  prettyErrors: false,
  // found while reading, where both places are known
  uniqueKeys: false,
  resolveKnownTags: false,
  logLevel: 'silent',
} as const

function syntaxFinding(file: SourceFile, message: string, span: Span, hint?: string): Finding {
  const location = locationOf(file, span)
  const finding = { severity: 'error', code: 'BACKO_CONFIG_SYNTAX', path: [], message } as const
  return hint === undefined ? { ...finding, location } : { ...finding, hint, location }
}

function isNothing(document: Document.Parsed): boolean {
  const top = document.contents
  return top === null || ('source' in top && top.source === '')
}

/** One finding a line: what follows on the same line is mostly the parser losing its way. */
function reportErrors(file: SourceFile, document: Document.Parsed, report: Report): boolean {
  const seen = new Set<number>()
  for (const error of [...document.errors, ...document.warnings]) {
    const [start, end] = error.pos
    const location = locationOf(file, { start, end })
    if (seen.has(location.line) || seen.size >= MAX_SYNTAX_FINDINGS) continue
    seen.add(location.line)
    const hint = hintFor(error, file, location.line)
    report(syntaxFinding(file, wordsOf(error), { start, end }, hint))
  }
  return seen.size > 0
}

function wordsOf(error: YAMLError): string {
  if (error.code === 'TAG_RESOLVE_FAILED') return error.message.replace('Unresolved', 'unknown')
  const [first = '', ...rest] = error.message
  return first.toLowerCase() + rest.join('')
}

function hintFor(error: YAMLError, file: SourceFile, line: number): string | undefined {
  const text = file.text.slice(file.lines[line - 1], file.lines[line])
  if (error.code === 'TAG_RESOLVE_FAILED')
    return 'an expression that begins with "!" must be in quotes: "!item.lent"'
  const confused = error.code === 'UNEXPECTED_TOKEN' || error.code === 'BLOCK_AS_IMPLICIT_KEY'
  if (confused && /[{[].*\$\{/.test(text))
    return 'inside { } and [ ] a variable must be in quotes: "${NAME}"'
  if (confused)
    return 'a value that holds ": " or begins with a quote, a bracket, "&", "*" or "!" must be in quotes as a whole'
  if (error.code === 'TAB_AS_INDENT') return 'indent with spaces'
  return undefined
}

/** Where the tokens are nested too deep. A loop with its own stack: nothing here may recurse. */
function tooDeep(tokens: readonly CST.Token[]): Span | undefined {
  const stack: { token: CST.Token; depth: number }[] = tokens.map((token) => ({ token, depth: 0 }))
  for (let top = stack.pop(); top; top = stack.pop()) {
    const { token, depth } = top
    if (depth > MAX_DEPTH) return { start: token.offset, end: token.offset + 1 }
    const push = (next: CST.Token | null | undefined): void => {
      if (next) stack.push({ token: next, depth: depth + 1 })
    }
    if ('value' in token) push(token.value)
    if (!('items' in token)) continue
    for (const item of token.items) {
      push(item.key)
      push(item.value)
    }
  }
  return undefined
}
