/**
 * schemas/backo.schema.json as code that says whether a value fits it: dist/fits-schema.cjs, made by Ajv. A start
 * asks that first (src/config/validator.ts). `npm run build` runs this after tsc.
 */
import { Ajv } from 'ajv'
import standalone from 'ajv/dist/standalone/index.js'
import { readFileSync, writeFileSync } from 'node:fs'

const at = (path) => new URL(`../${path}`, import.meta.url)
const ajv = new Ajv({
  allowUnionTypes: true,
  strictTypes: false,
  strictRequired: false,
  inlineRefs: false,
  code: { source: true, optimize: false },
})
ajv.addVocabulary(['enumDescriptions'])
const schema = JSON.parse(readFileSync(at('schemas/backo.schema.json'), 'utf8'))
writeFileSync(at('dist/fits-schema.cjs'), standalone.default(ajv, ajv.compile(schema)))
