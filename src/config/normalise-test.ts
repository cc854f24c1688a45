/** A test as written -> TestConfig: every list spelled out. Knows no collection, and no step. */
import type { StepConfig, TestConfig } from './config.ts'
import { BECAUSE } from './schema-tests.ts'
import { asList, asMap, asText, asTexts, mapValues, present } from './shape.ts'

export function normaliseTests(value: unknown): readonly TestConfig[] {
  return asList(value).flatMap((each) => {
    const written = asMap(each)
    const on = asText(written?.['on'])
    if (!written || on === undefined) return []
    return present({
      name: asText(written['name']),
      as: asMap(written['as']),
      given: mapValues(written['given'], (items) =>
        asList(items).flatMap((item) => asMap(item) ?? []),
      ),
      on,
      can: asList(written['can']).flatMap(normaliseStep),
      cannot: asList(written['cannot']).flatMap(normaliseStep),
      sees: written['sees'] === undefined ? undefined : asTexts(written['sees']),
      hides: asTexts(written['hides']),
    }) as TestConfig
  })
}

/** A step of more than one thing is kept as it is: the model says what is wrong with it. */
function normaliseStep(value: unknown): StepConfig | readonly [] {
  if (typeof value === 'string') return { what: [value] }
  const written = asMap(value)
  if (!written) return []
  const because = written[BECAUSE]
  const what = Object.keys(written).filter((key) => key !== BECAUSE && !key.startsWith('x-'))
  const [first] = what
  return {
    what,
    ...(first === undefined || written[first] === null ? {} : { body: written[first] }),
    ...(typeof because === 'string' || typeof because === 'number' ? { because } : {}),
  }
}
