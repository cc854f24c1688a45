/** What `backo explain` shows of a request. */
import type { Explanation, ExplainedQuery } from '../trial/explain.ts'
import { decisionLines, placeText, printable, type TextContext } from './decision-text.ts'

/** With a line break at the end. */
export function explanationText(explained: Explanation, who: string, context: TextContext): string {
  const { paint } = context
  const sections = [
    outcomeLines(explained, who, context),
    explained.decisions.flatMap((decision, i) => [
      ...(i === 0 ? [] : ['']),
      ...decisionLines(decision, context),
    ]),
    listLines(explained, context),
    ...explained.queries.map((query) => queryLines(query, context)),
    writeLines(explained, context),
  ]
  const titles = ['', 'Rights and rules', 'List', ...explained.queries.map(queryTitle), 'Writes']
  return `${sections
    .flatMap((lines, i) => {
      if (lines.length === 0) return []
      const title = titles[i] ?? ''
      if (title === '') return [lines.join('\n')]
      return [
        [paint('bold', title), ...lines.map((line) => (line === '' ? '' : `  ${line}`))].join('\n'),
      ]
    })
    .join('\n\n')}\n`
}

function outcomeLines(
  { request, outcome }: Explanation,
  who: string,
  { paint }: TextContext,
): string[] {
  const { status, error, text } = outcome
  const style = status < 400 ? 'green' : 'red'
  const told = error ? `: ${error.message}` : countOf(text)
  return [
    `${request.method} ${printable(request.path)}  ${paint('dim', `as ${printable(who)}`)}`,
    `${paint(style, String(status))}${printable(told)}${error?.hint === undefined ? '' : paint('dim', `  (${printable(error.hint)})`)}`,
  ]
}

/** Of a list: how much there is. */
function countOf(text: string | undefined): string {
  if (text === undefined || !text.startsWith('{"result":[')) return ''
  const { result, total } = JSON.parse(text) as {
    readonly result: readonly unknown[]
    readonly total?: number
  }
  return `: ${result.length}${total === undefined ? '' : ` of ${total}`} items`
}

function listLines({ list }: Explanation, context: TextContext): string[] {
  const { paint } = context
  if (!list) return []
  const right =
    list.right === null
      ? 'every item may be read'
      : list.right === 'false'
        ? 'no item may be read'
        : list.right
  const rows: readonly (readonly [string, string])[] = [
    ['filter', list.filter ?? 'none'],
    ['right', right],
    ['together', list.right === 'false' ? 'nothing can match' : (list.where ?? 'every item')],
  ]
  const place = list.location ? `  ${placeText(list.location, context)}` : ''
  return rows.map(
    ([name, text]) =>
      `${paint('dim', name.padEnd(8))}  ${printable(text)}${name === 'right' ? place : ''}`,
  )
}

const queryTitle = ({ storage, type, collection, times }: ExplainedQuery): string =>
  `Query on ${collection} (${type}${storage === 'default' ? '' : `, storage ${storage}`})${times > 1 ? `, ${times} times` : ''}`

function queryLines({ where, sort, plan, advice }: ExplainedQuery, context: TextContext): string[] {
  const { paint } = context
  const row = (name: string, text: string): string =>
    `${paint('dim', name.padEnd(8))}  ${printable(text)}`
  const lines = [
    row('where', where ?? 'every item'),
    ...(sort.length > 0 ? [row('sort', sort.join(', '))] : []),
  ]
  if (!plan) return lines
  if (plan.statement !== null) lines.push(row('sent', plan.statement))
  if (plan.params.length > 0)
    lines.push(row('values', plan.params.map((each) => JSON.stringify(each)).join(', ')))
  plan.steps.forEach((step, i) => lines.push(row(i === 0 ? 'plan' : '', step)))
  if (plan.scans !== null)
    lines.push(`${INDENT}${paint('yellow', `scans ${grouped(plan.scans)} items`)}`)
  else if (plan.indexes.length > 0)
    lines.push(`${INDENT}${paint('green', `uses the index of ${plan.indexes.join(' and ')}`)}`)
  for (const line of advice) lines.push(`${INDENT}${paint('yellow', printable(line))}`)
  return lines
}

const INDENT = ' '.repeat(10)

/** 12 000 */
export const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ' ')

function writeLines({ writes, request }: Explanation, { paint }: TextContext): string[] {
  if (writes.length === 0) return request.method === 'GET' ? [] : ['nothing would be written']
  const lines = writes.map((write) => {
    switch (write.kind) {
      case 'insert':
      case 'update':
      case 'delete':
        return `${write.kind} ${write.collection}/${write.id}`
      case 'link':
      case 'unlink':
        return `${write.kind} ${write.relation}: ${write.owner} and ${write.other}`
      case 'unlink_all':
        return `unlink all at ${write.side} of ${write.id}`
      default:
        return write satisfies never
    }
  })
  return [...lines.map(printable), paint('dim', 'nothing was kept: this only explains')]
}
