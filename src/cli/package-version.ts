/** The version of this program, as its package says. */
import { readFileSync } from 'node:fs'

export function packageVersion(): string {
  const text = readFileSync(new URL(import.meta.resolve('backo/package.json')), 'utf8')
  const { version } = JSON.parse(text) as { readonly version: string }
  return version
}
