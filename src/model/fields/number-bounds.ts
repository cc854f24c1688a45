/**
 * Rules on the size of numbers, and how a number is written in a query string. Knows no type.
 */
import type { Value } from '../../expression/expr.ts'
import type { JsonSchema } from './field-type.ts'
import type { Bounds } from './options.ts'
import { NOTHING_WRONG } from './parsed.ts'

/** A decimal number: `12`, `-1.5`, `1e3`. */
export const NUMBER_TEXT = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** What is below `min` or above `max`. */
export function boundsBroken(value: Value, { min, max }: Partial<Bounds>): readonly string[] {
  if (typeof value !== 'number') return NOTHING_WRONG
  if (typeof min === 'number' && value < min) return [`Must be >= ${min}`]
  if (typeof max === 'number' && value > max) return [`Must be <= ${max}`]
  return NOTHING_WRONG
}

/** Limits for OpenAPI. */
export const boundsSchema = ({ min, max }: Partial<Bounds>): JsonSchema => ({
  ...(typeof min === 'number' ? { minimum: min } : {}),
  ...(typeof max === 'number' ? { maximum: max } : {}),
})
