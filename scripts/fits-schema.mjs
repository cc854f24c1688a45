/**
 * schemas/backo.schema.json as code that says whether a value fits it: dist/fits-schema.cjs, made by Ajv. A start
 * asks that first (src/config/validator.ts). `npm run build` runs this after tsc.
 */
import { Ajv } from 'ajv'
import standalone from 'ajv/dist/standalone/index.js'
import { createHash } from 'node:crypto'
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
const text = readFileSync(at('schemas/backo.schema.json'), 'utf8')
const code = standalone.default(ajv, ajv.compile(JSON.parse(text)))
const hash = createHash('sha256').update(text).digest('hex')
writeFileSync(at('dist/fits-schema.cjs'), `${code}\nmodule.exports.madeOf = '${hash}'\n`)
