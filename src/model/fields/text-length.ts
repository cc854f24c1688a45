/**
 * Rules on lengths: of texts in Unicode code points (as SQL and CEL count), of lists in elements.
 * Knows no type.
 */
import type { JsonSchema } from './field-type.ts'

type Limit = number | null | undefined

/** The message of the limit that a length breaks, or null. */
export function lengthBroken(length: number, min: Limit, max: Limit): string | null {
  if (typeof min === 'number' && length < min) return `Must have a length >= ${min}`
  if (typeof max === 'number' && length > max) return `Must have a length <= ${max}`
  return null
}

/** Same for a text; code points are counted only where UTF-16 units leave it open. */
export function textLengthBroken(text: string, min: Limit, max: Limit): string | null {
  if (typeof min !== 'number' && typeof max !== 'number') return null
  const units = text.length
  const sure =
    (typeof max !== 'number' || units <= max) && (typeof min !== 'number' || units >= 2 * min)
  return sure ? null : lengthBroken(codePoints(text), min, max)
}

/** Limits for OpenAPI. */
export const textLengthSchema = (min: Limit, max: Limit): JsonSchema => ({
  ...(typeof min === 'number' ? { minLength: min } : {}),
  ...(typeof max === 'number' ? { maxLength: max } : {}),
})

function codePoints(text: string): number {
  let pairs = 0
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    if (unit >= 0xd800 && unit <= 0xdbff) pairs++
  }
  return text.length - pairs
}
