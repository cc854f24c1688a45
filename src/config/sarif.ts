/**
 * Findings as SARIF 2.1.0 (OASIS), as code scanning of GitHub takes it: relative URIs, a rule a code, regions.
 * Prints nothing.
 */
import { createHash } from 'node:crypto'
import { isAbsolute, relative, sep } from 'node:path'
import type { ConfigSource, Finding, Location } from './config.ts'
import { hideCredentials } from './credentials.ts'
import { FINDING_RULES } from './finding-rules.ts'
import { pathText } from './findings.ts'

export interface SarifOptions {
  /** of the program */
  readonly version: string
  /** URIs are relative to it; files outside of it are absolute */
  readonly cwd: string
}

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json'

/** The log: one run with all findings. */
export function sarifOf(
  findings: readonly Finding[],
  source: ConfigSource,
  { version, cwd }: SarifOptions,
): object {
  const codes = [...new Set(findings.map(({ code }) => code))].sort()
  const prints = new Map<string, number>()
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'backo',
            semanticVersion: version,
            rules: codes.map((code) => ruleOf(code, findings)),
          },
        },
        // a column is a UTF-16 code unit, as in JavaScript
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { SRCROOT: { description: { text: 'where backo validate was run' } } },
        results: findings.map((finding) => ({
          ruleId: finding.code,
          ruleIndex: codes.indexOf(finding.code),
          level: finding.severity,
          message: { text: textOf(finding) },
          locations: [
            {
              physicalLocation: physical(
                finding.location ?? source.locate(finding.path),
                source,
                cwd,
              ),
              ...(finding.path.length > 0 && {
                logicalLocations: [{ fullyQualifiedName: pathText(finding.path) }],
              }),
            },
          ],
          partialFingerprints: { 'backo/v1': printOf(finding, prints) },
        })),
      },
    ],
  }
}

function ruleOf(code: string, findings: readonly Finding[]): object {
  const { says = 'Something is wrong.', lint = false } = FINDING_RULES[code] ?? {}
  const severity = findings.find((finding) => finding.code === code)?.severity ?? 'error'
  const silence = lint
    ? ` Where it is meant so, \`x-lint-ignore: [${code}]\` beside it says so.`
    : ''
  return {
    id: code,
    name: nameOf(code),
    shortDescription: { text: says },
    fullDescription: { text: says },
    help: { text: `${says}${silence}`, markdown: `${says}${silence}` },
    defaultConfiguration: { level: severity },
    properties: { tags: [lint ? 'lint' : 'configuration'], precision: 'very-high' },
  }
}

/** BACKO_CONFIG_OPEN_WRITE: OpenWrite */
const nameOf = (code: string): string =>
  code
    .replace(/^BACKO_CONFIG_/, '')
    .toLowerCase()
    .replaceAll(/(?:^|_)([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase())

const textOf = ({ message, hint }: Finding): string =>
  hint === undefined ? message : `${message}\n${hint}`

function physical(
  { file, line, column, length }: Location,
  { texts }: ConfigSource,
  cwd: string,
): object {
  const text = texts.get(file)?.split(/\r?\n/)[line - 1]
  return {
    artifactLocation: artifact(file, cwd),
    region: {
      startLine: line,
      startColumn: column,
      endLine: line,
      endColumn: column + Math.max(1, length),
      ...(text === undefined ? {} : { snippet: { text: hideCredentials(text) } }),
    },
  }
}

function artifact(file: string, cwd: string): object {
  const path = relative(cwd, file)
  const outside = path === '' || path.startsWith('..') || isAbsolute(path)
  const uri = (outside ? file : path).split(sep).map(encodeURIComponent).join('/')
  return outside ? { uri: `file://${uri}` } : { uri, uriBaseId: 'SRCROOT' }
}

/** The same for a finding that has only moved to another line; the second of the same is another. */
function printOf({ code, path, message }: Finding, seen: Map<string, number>): string {
  const print = createHash('sha256')
    .update(JSON.stringify([code, path, message]))
    .digest('hex')
    .slice(0, 32)
  const count = (seen.get(print) ?? 0) + 1
  seen.set(print, count)
  return `${print}:${count}`
}
