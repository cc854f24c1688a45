/** Results of `backo test` as JUnit XML, which CI systems read. */
import { relative } from 'node:path'
import type { TestResult } from '../trial/run-tests.ts'

export function junit(name: string, tests: readonly TestResult[], cwd: string): string {
  const failed = tests.filter((test) => !test.ok).length
  const seconds = tests.reduce((sum, test) => sum + test.milliseconds, 0) / 1000
  const counts = `tests="${tests.length}" failures="${failed}" time="${seconds.toFixed(3)}"`
  const cases = tests.map((test) => testCase(name, test, cwd))
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="${escaped(name)}" ${counts}>`,
    ...cases,
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

function testCase(suite: string, test: TestResult, cwd: string): string {
  const { file, line } = test.location
  const where = `file="${escaped(relative(cwd, file) || file)}" line="${line}"`
  const head = `    <testcase classname="${escaped(suite)}" name="${escaped(test.name)}" ${where} time="${(test.milliseconds / 1000).toFixed(3)}"`
  if (test.ok) return `${head}/>`
  const failures = test.results.flatMap((result) => {
    if (result.ok) return []
    const { location } = result
    const text = `${result.text}, ${result.message ?? ''}`
    const at = `${relative(cwd, location.file) || location.file}:${location.line}:${location.column}`
    const why = result.decisions.map(({ name, answer }) => `${name}: ${answer}`)
    return `      <failure message="${escaped(text)}">${escaped([at, ...why].join('\n'))}</failure>`
  })
  return [`${head}>`, ...failures, '    </testcase>'].join('\n')
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
}

/** What XML 1.0 can't hold is left out. */
const escaped = (text: string): string =>
  text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign)
